/**
 * Configuration of a host: {@link io.snakepit.config.SnakepitOptions} and its parts, and the {@link
 * io.snakepit.config.OptionsLoader} that reads them from a file, the environment and flags. One
 * table, {@link io.snakepit.config.Keys}, holds every key with its type, default and range;
 * validation, environment variables, suggestions and the documentation's test all follow it.
 *
 * <p>Floor 0: depends on nothing of ours. Options are immutable; loading reads files and so blocks.
 */
@NullMarked
package io.snakepit.config;

import org.jspecify.annotations.NullMarked;
