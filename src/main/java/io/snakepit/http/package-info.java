/**
 * The door for HTTP: calls of tools by {@code POST}, what pools, workers and tools are doing by
 * {@code GET}, orders to pools, workers and calls, health, and every error as a problem (RFC 9457).
 * Enter at {@link io.snakepit.http.HttpVerticle}; the way of a request is {@link
 * io.snakepit.http.Dispatcher}, then a route, then {@link io.snakepit.http.Exchange}, which gives
 * the one answer. A call is run and answered by {@link io.snakepit.http.CallAnswer}, or piece by
 * piece by {@link io.snakepit.http.StreamAnswer}. A client that does not wait for it cancels its
 * call: {@link io.snakepit.http.CancelOnDisconnect}.
 *
 * <p>What a tool reads as it comes is read no faster than that: {@link
 * io.snakepit.http.UploadBody}. Clients that hold on to a connection without using it are cut off:
 * {@link io.snakepit.http.Connections} is their table, {@link io.snakepit.http.ClientConnection}
 * knows whose turn it is.
 *
 * <p>Arguments and results pass as the bytes they are: nothing here parses them.
 *
 * <p>Beside {@code eventbus}: uses the rooms on the ground floor alone. Calls go to a {@link
 * io.snakepit.api.CallExecutor}, all else over the event bus by {@link io.snakepit.bus.PoolClient}.
 * Everything runs on the one event loop that the door listens on, so nothing here is locked.
 */
@NullMarked
package io.snakepit.http;

import org.jspecify.annotations.NullMarked;
