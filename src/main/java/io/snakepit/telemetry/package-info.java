/**
 * Figures of a running host: durations of calls ({@link io.snakepit.telemetry.LatencyWindow}), and
 * connections that were refused at a door ({@link io.snakepit.telemetry.RefusalLog}).
 *
 * <p>Floor 0: depends on nothing of ours. Each object belongs to the thread of the room that made
 * it.
 */
@NullMarked
package io.snakepit.telemetry;

import org.jspecify.annotations.NullMarked;
