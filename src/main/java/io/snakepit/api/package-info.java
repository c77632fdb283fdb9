/**
 * The words that callers and rooms share: calls and their results, chunks of streams, the closed
 * list of {@link io.snakepit.api.ErrorCode}s, and what the host tells of its pools, workers and
 * tools. Enter at {@link io.snakepit.api.Call} and {@link io.snakepit.api.CallExecutor}.
 *
 * <p>Floor 0: depends on nothing of ours. Calls, results and infos are immutable, so any thread may
 * hold them; a {@link io.snakepit.api.ChunkStream} and a call's upload tell their threads.
 */
@NullMarked
package io.snakepit.api;

import org.jspecify.annotations.NullMarked;
