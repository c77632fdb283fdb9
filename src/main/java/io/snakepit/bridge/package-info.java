/**
 * What the host and a worker say to each other, and how: frames of a protobuf header and a raw
 * body, the handshake by a single-use token, and the two connections of a worker. Enter at {@link
 * io.snakepit.bridge.WorkerAcceptor}.
 *
 * <p>Floor 2: depends on {@code api} alone. Everything runs on the event loop that opened the door.
 */
@NullMarked
package io.snakepit.bridge;

import org.jspecify.annotations.NullMarked;
