/**
 * Diagnoses of machines and pools. Enter at {@link io.snakepit.diagnostics.ScalingRun}, which
 * measures how many workers a machine carries ({@link io.snakepit.diagnostics.ScalingReport}), and
 * at {@link io.snakepit.diagnostics.PoolAdvice}, which judges a running pool's size and profile by
 * its figures.
 *
 * <p>Computations are pure. Readings come through {@link io.snakepit.diagnostics.Machine}, pools to
 * measure through {@link io.snakepit.diagnostics.Trial}. A figure that can't be told is NaN here,
 * and null in JSON.
 *
 * <p>Floor 6: depends on {@code api} and {@code process}. Reads files and waits: for threads that
 * may block, never an event loop.
 */
@NullMarked
package io.snakepit.diagnostics;

import org.jspecify.annotations.NullMarked;
