/**
 * The only room that knows the internals of Vert.x and Netty, so that an upgrade of Vert.x has one
 * place to look: contexts and their event loops ({@link io.snakepit.vertx.Contexts}), close hooks
 * ({@link io.snakepit.vertx.CloseHook}), buffers joined without a copy ({@link
 * io.snakepit.vertx.JoinedBuffer}), the peer of a Unix socket ({@link
 * io.snakepit.vertx.SocketPeer}), where a message of the event bus comes from ({@link
 * io.snakepit.vertx.BusMessages}) and what HTTP hides ({@link io.snakepit.vertx.HttpInternals}).
 *
 * <p>Ahead of the decoder of HTTP stands {@link io.snakepit.vertx.RequestFraming}, which lets
 * nothing pass that could be read in two ways.
 *
 * <p>On the ground floor: uses no other room of ours. Keeps no thread of its own, and no state but
 * that of a connection.
 */
@NullMarked
package io.snakepit.vertx;

import org.jspecify.annotations.NullMarked;
