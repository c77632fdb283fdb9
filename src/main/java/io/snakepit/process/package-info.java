/**
 * The operating system: starts processes, reads the process table, sends signals, finds the Python
 * interpreter, lays out the Python package that the jar carries, and runs a pool's keeper. Enter at
 * {@link io.snakepit.process.Keeper}.
 *
 * <p>Floor 1: uses {@code vertx} alone of our rooms. Methods that block say so and are for worker
 * threads; a keeper belongs to the event loop that has started it.
 */
@NullMarked
package io.snakepit.process;

import org.jspecify.annotations.NullMarked;
