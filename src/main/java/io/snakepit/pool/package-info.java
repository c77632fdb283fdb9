/**
 * Decides which worker runs which call, and when. {@link io.snakepit.pool.machine.PoolState} is the
 * pure machine: told what happened and when, it changes itself and answers the {@link
 * io.snakepit.pool.machine.PoolEffect}s that are to be done. {@link io.snakepit.pool.PoolVerticle}
 * is its thin shell: it turns messages into calls on the machine and carries out the effects.
 *
 * <p>Floor 5: depends on {@code worker} and what lies below. A pool lives on one event loop, and
 * nothing here is touched from any other thread.
 */
@NullMarked
package io.snakepit.pool;

import org.jspecify.annotations.NullMarked;
