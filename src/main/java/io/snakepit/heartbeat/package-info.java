/**
 * Watches whether workers are alive, by pings that a hung one does not answer. {@link
 * io.snakepit.heartbeat.FailureDetector} decides, {@link io.snakepit.heartbeat.HeartbeatVerticle}
 * acts.
 *
 * <p>Floor 4: depends on {@code config} and {@code bus}; pools are reached over the bus. Runs on an
 * event loop of its own, and blocks nowhere.
 */
@NullMarked
package io.snakepit.heartbeat;

import org.jspecify.annotations.NullMarked;
