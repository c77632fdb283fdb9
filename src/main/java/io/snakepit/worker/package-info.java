/**
 * One worker: a process and its link, from the order to start it until it is gone; and the {@link
 * io.snakepit.worker.Nursery} in which a pool's workers live and which none of them outlives.
 *
 * <p>Floor 3: depends on {@code bridge}, {@code process} and what lies below. Everything runs on
 * the event loop of the pool; what blocks is handed to worker threads within.
 */
@NullMarked
package io.snakepit.worker;

import org.jspecify.annotations.NullMarked;
