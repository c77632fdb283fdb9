/**
 * The words of the event bus, by which rooms and applications meet: every address in {@link
 * io.snakepit.bus.Addresses}, the codecs that pass messages by reference within a JVM, and the
 * events that rooms publish. Whoever asks a pool, or gives it an order, does so by {@link
 * io.snakepit.bus.PoolClient}.
 *
 * <p>On the ground floor: uses {@code api} alone. Any thread may call it.
 */
@NullMarked
package io.snakepit.bus;

import org.jspecify.annotations.NullMarked;
