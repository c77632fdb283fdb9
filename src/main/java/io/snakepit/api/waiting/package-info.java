/**
 * Bytes that wait: bodies on their way to a worker, and answers on their way to a client. {@link
 * io.snakepit.api.waiting.ByteBudget} counts them and says what there is room for, {@link
 * io.snakepit.api.waiting.ByteLease} is what one body or answer has taken of it, and {@link
 * io.snakepit.api.waiting.WaitingBody} is a body that is let go of as soon as nobody needs it.
 *
 * <p>Pure: no event loop, no clock. Any thread may call all of it.
 */
@NullMarked
package io.snakepit.api.waiting;

import org.jspecify.annotations.NullMarked;
