/**
 * The front door for Java: {@link io.snakepit.Snakepit}, the same as one verticle in {@link
 * io.snakepit.SnakepitVerticle}, and {@link io.snakepit.Pool} to look at a pool and give it orders.
 * All of it only passes on to {@link io.snakepit.host}.
 *
 * <p>On the top floor: nothing of ours but {@code cli} may know it. Any thread may call it.
 */
@NullMarked
package io.snakepit;

import org.jspecify.annotations.NullMarked;
