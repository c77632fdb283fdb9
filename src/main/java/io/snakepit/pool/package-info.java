/**
 * The shell of a pool: it tells the machine in {@link io.snakepit.pool.machine} what happens, and
 * acts on the world as the machine decides. Enter at {@link io.snakepit.pool.PoolVerticle}, which
 * takes calls and orders from any thread and brings them to the pool's event loop; there {@code
 * PoolDriver} and {@code WorkerEvents} tell the machine, and {@code EffectRunner} carries out the
 * effects that it answers with.
 *
 * <p>Floor 5: depends on {@code worker} and what lies below. A pool lives on one event loop, and
 * nothing here is touched from any other thread unless it says so.
 */
@NullMarked
package io.snakepit.pool;

import org.jspecify.annotations.NullMarked;
