/** The front door: {@code Snakepit} and {@code SnakepitVerticle} wire all floors below. */
@NullMarked
package io.snakepit;

import org.jspecify.annotations.NullMarked;
