/**
 * The workers of a pool. A {@link io.snakepit.worker.Nursery} is the place in which they live and
 * which none of them outlives; enter there. A {@link io.snakepit.worker.Worker} is one process and
 * its link, from the order to start it until it is gone; {@code WorkerConversation} judges what it
 * says, {@code Termination} ends it; both reach the nursery by {@code WorkerHome}. What happens to
 * workers is told to a {@link io.snakepit.worker.WorkerListener}, which is the pool.
 *
 * <p>Floor 3: uses {@code bridge}, {@code process} and what lies below, and reaches the registry
 * over the bus. Everything runs on the pool's event loop; what blocks is handed to worker threads
 * within.
 */
@NullMarked
package io.snakepit.worker;

import org.jspecify.annotations.NullMarked;
