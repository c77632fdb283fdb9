/**
 * The event bus as a door: calls, cancels, streams and questions of applications and other members
 * of a cluster, at the public addresses of {@link io.snakepit.bus.Addresses}. Enter at {@link
 * io.snakepit.eventbus.EventBusVerticle}. All of it runs on the event loop of the first pool.
 */
@NullMarked
package io.snakepit.eventbus;

import org.jspecify.annotations.NullMarked;
