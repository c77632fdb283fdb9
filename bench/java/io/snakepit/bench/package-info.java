/**
 * The code of {@code ./snakepit bench}; {@code bench/README.md} tells what each figure means. Enter
 * at {@link io.snakepit.bench.Main}; each {@link io.snakepit.bench.Part} is one class, which
 * measures on a {@link io.snakepit.bench.Bed} and writes into {@link io.snakepit.bench.Results}.
 *
 * <p>The main thread starts, waits and reads; load is made on event loops, or in another JVM.
 */
@NullMarked
package io.snakepit.bench;

import org.jspecify.annotations.NullMarked;
