/**
 * The host: the wiring of all rooms below, and what keeps them deployed. {@code Snakepit} enters
 * here; {@link io.snakepit.host.Supervisor} replaces verticles that end unasked, {@link
 * io.snakepit.host.RunLayout} makes a run's directories, {@link io.snakepit.host.PoolDirectory}
 * finds a pool by its name. May use every room below. Any thread may call it; directories are made
 * on worker threads.
 */
@NullMarked
package io.snakepit.host;

import org.jspecify.annotations.NullMarked;
