/**
 * Judgement of what a machine and a pool can do: readings of the kernel's limits and of processes,
 * the number of workers that they allow ({@link io.snakepit.diagnostics.ScalingReport}), and what a
 * running pool's figures say of its size and profile ({@link io.snakepit.diagnostics.PoolAdvice}).
 *
 * <p>Everything computed is pure. What is read comes through {@link
 * io.snakepit.diagnostics.Machine}, pools to measure through {@link io.snakepit.diagnostics.Trial}.
 * A figure that can't be told is NaN here, and null in JSON.
 *
 * <p>Floor 6: depends on {@code api} and {@code process}. Reads files and waits: for threads that
 * may block, never an event loop.
 */
@NullMarked
package io.snakepit.diagnostics;

import org.jspecify.annotations.NullMarked;
