/**
 * The door for the event bus: calls, cancels, streams, orders and questions of applications and
 * other members of a cluster, at the public addresses of {@link io.snakepit.bus.Addresses}. Enter
 * at {@link io.snakepit.eventbus.EventBusVerticle}.
 *
 * <p>Beside {@code http}: uses {@code api}, {@code bus} and {@code vertx}. Calls go to a {@link
 * io.snakepit.api.CallExecutor}, all else to pools by {@link io.snakepit.bus.PoolClient}. All of it
 * runs on the event loop of the pool that is meant where none is named, so nothing here is locked.
 */
@NullMarked
package io.snakepit.eventbus;

import org.jspecify.annotations.NullMarked;
