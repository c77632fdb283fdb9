/**
 * The machine that decides what a pool does: which call goes to which worker, what waits, what is
 * refused, when a worker is started, replaced or killed. Enter at {@link
 * io.snakepit.pool.machine.PoolState}, which builds the parts and hands each what it uses: each
 * method is told what happened and when, and answers with a list of {@link
 * io.snakepit.pool.machine.PoolEffect}s, which the shell in {@code io.snakepit.pool} carries out.
 *
 * <p>Pure: uses the JDK and {@code io.snakepit.api} alone, no clock, no chance and no log of its
 * own; of Vert.x no more than a call carries. Not thread-safe: an instance belongs to its pool's
 * event loop.
 */
@NullMarked
package io.snakepit.pool.machine;

import org.jspecify.annotations.NullMarked;
