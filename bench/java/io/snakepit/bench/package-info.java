/** What {@code ./snakepit bench} runs: see {@code bench/README.md} for what each figure means. */
@NullMarked
package io.snakepit.bench;

import org.jspecify.annotations.NullMarked;
