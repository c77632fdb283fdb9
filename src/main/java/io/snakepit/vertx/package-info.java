/**
 * The only room that knows the internals of Vert.x and Netty, so that an upgrade of Vert.x has one
 * place to look: contexts and their event loops ({@link io.snakepit.vertx.Contexts}), close hooks
 * ({@link io.snakepit.vertx.CloseHook}), buffers joined without a copy ({@link
 * io.snakepit.vertx.JoinedBuffer}), the peer of a Unix socket ({@link
 * io.snakepit.vertx.SocketPeer}) and what HTTP hides ({@link io.snakepit.vertx.HttpInternals}).
 *
 * <p>On the ground floor: uses no other room of ours. Keeps no state and no thread of its own.
 */
@NullMarked
package io.snakepit.vertx;

import org.jspecify.annotations.NullMarked;
