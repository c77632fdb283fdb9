/**
 * The event bus, by which rooms and applications meet. Enter at {@link io.snakepit.bus.Addresses},
 * which tells sender, listener, body and reply of each address, and at {@link
 * io.snakepit.bus.PoolClient}, by which all doors ask a pool or give it an order. Besides, the room
 * holds the codecs that pass messages by reference within a JVM, and the publishing of events.
 *
 * <p>Floor 0: depends on {@code api} alone. Any thread may call it; each consumer is told on its
 * own context.
 */
@NullMarked
package io.snakepit.bus;

import org.jspecify.annotations.NullMarked;
