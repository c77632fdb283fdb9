/**
 * The event bus as the kernel of the system: every address in {@link io.snakepit.bus.Addresses},
 * the codecs that pass messages by reference within a JVM, and the events that rooms publish.
 *
 * <p>Floor 0: depends on {@code api} alone.
 */
@NullMarked
package io.snakepit.bus;

import org.jspecify.annotations.NullMarked;
