/**
 * The door for HTTP: calls of tools by {@code POST}, what pools, workers and tools are doing by
 * {@code GET}, orders to pools, workers and calls, health, and every error as a problem (RFC 9457).
 * Enter at {@link io.snakepit.http.HttpVerticle}; the way of a request is {@link
 * io.snakepit.http.Dispatcher}, then a route, then {@link io.snakepit.http.Exchange}, which gives
 * the one answer. A client that does not wait for it cancels its call: {@link
 * io.snakepit.http.CancelOnDisconnect}.
 *
 * <p>What a tool yields is written as it comes, and no faster than the client takes it: {@link
 * io.snakepit.http.StreamAnswer}. What a tool reads as it comes is read no faster than that: {@link
 * io.snakepit.http.UploadBody}. Clients that hold on to a connection without using it are cut off
 * by {@link io.snakepit.http.Connections}.
 *
 * <p>Arguments and results pass as the bytes they are: nothing here parses them.
 *
 * <p>Floor 6: depends on {@code api}, {@code bus}, {@code config} and {@code telemetry}. Calls go
 * to a {@link io.snakepit.api.CallExecutor}, all else over the event bus. Everything runs on the
 * one event loop that the door listens on, so nothing here is locked.
 */
@NullMarked
package io.snakepit.http;

import org.jspecify.annotations.NullMarked;
