/**
 * Figures that a host keeps of itself: durations of calls ({@link
 * io.snakepit.telemetry.LatencyWindow}), and what was refused at a socket ({@link
 * io.snakepit.telemetry.RefusalLog}, which also keeps such refusals from filling the log).
 *
 * <p>Floor 0: depends on nothing of ours. Each object belongs to the thread of the room that made
 * it.
 */
@NullMarked
package io.snakepit.telemetry;

import org.jspecify.annotations.NullMarked;
