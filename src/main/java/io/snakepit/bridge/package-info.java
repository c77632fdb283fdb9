/**
 * The wire between the host and its workers. {@link io.snakepit.bridge.WorkerLink} and {@link
 * io.snakepit.bridge.LinkListener} are the seam: what the host and one worker say to each other, in
 * our own words. Below them {@code HostMessages} and {@code WorkerMessages} translate to and from
 * the protocol's messages, which no other room sees. The transport in force is a Unix socket:
 * frames of a protobuf header and a raw body, a handshake by a single-use token, and two
 * connections of each worker. Enter at {@link io.snakepit.bridge.WorkerAcceptor}. A second
 * transport implements {@code WorkerLink} and joins {@code WorkerLinkContract}.
 *
 * <p>Floor 2: uses {@code api}, {@code telemetry} and {@code vertx}. Everything runs on the event
 * loop that opened the acceptor.
 */
@NullMarked
package io.snakepit.bridge;

import org.jspecify.annotations.NullMarked;
