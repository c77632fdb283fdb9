/**
 * The words that callers and rooms share: a {@link io.snakepit.api.Call}, its {@link
 * io.snakepit.api.Result}, the closed list of {@link io.snakepit.api.ErrorCode}s, and what the
 * system tells of its pools, workers and tools.
 *
 * <p>Floor 0: depends on nothing of ours. What is said here is immutable, so any thread may hold
 * it; what lives, a {@link io.snakepit.api.ChunkStream} or a call's upload, tells its threads.
 */
@NullMarked
package io.snakepit.api;

import org.jspecify.annotations.NullMarked;
