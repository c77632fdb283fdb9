/**
 * The operating system: starts processes, looks at the process table, sends signals, finds the
 * Python interpreter, lays out the Python package that the jar carries, and runs a pool's {@link
 * io.snakepit.process.Keeper}, which is where to enter.
 *
 * <p>Floor 1: depends on nothing of ours. What blocks says so and is for worker threads; a keeper
 * belongs to the event loop that has started it.
 */
@NullMarked
package io.snakepit.process;

import org.jspecify.annotations.NullMarked;
