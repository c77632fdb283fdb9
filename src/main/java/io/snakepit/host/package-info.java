/**
 * The host: the wiring of all rooms below, and what keeps them deployed. Enter at {@link
 * io.snakepit.host.Host}, which starts and stops everything. {@link io.snakepit.host.CallRouter}
 * runs calls on the pools, {@link io.snakepit.host.Supervisor} replaces verticles that end unasked,
 * {@link io.snakepit.host.RunLayout} makes a run's directories, {@link
 * io.snakepit.host.PoolDirectory} finds a pool by its name, {@link io.snakepit.host.Doors} lets
 * callers in.
 *
 * <p>Below the front door alone: it may use every other room but {@code cli}. Any thread may call
 * it; directories are made on worker threads.
 */
@NullMarked
package io.snakepit.host;

import org.jspecify.annotations.NullMarked;
