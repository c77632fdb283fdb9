/**
 * The watch over whether workers are alive, by pings that a hung one does not answer. Enter at
 * {@link io.snakepit.heartbeat.HeartbeatVerticle}, which acts; {@code FailureDetector} decides, and
 * is pure.
 *
 * <p>Floor 4: uses {@code config} and {@code bus}; pools are reached over the bus. Runs on an event
 * loop of its own, and blocks nowhere.
 */
@NullMarked
package io.snakepit.heartbeat;

import org.jspecify.annotations.NullMarked;
