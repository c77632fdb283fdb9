/**
 * The watch over whether workers are alive, by pings that a hung one does not answer. Enter at
 * {@link io.snakepit.heartbeat.HeartbeatVerticle}, which acts; {@code FailureDetector} decides, and
 * {@code ProgressDetector} whom it takes for alive though they say nothing; both are pure.
 *
 * <p>Floor 4: uses {@code config}, {@code bus} and {@code process}; pools are reached over the bus.
 * Runs on an event loop of its own, and blocks nowhere.
 */
@NullMarked
package io.snakepit.heartbeat;

import org.jspecify.annotations.NullMarked;
