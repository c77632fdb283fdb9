/**
 * Configuration of a host: {@link io.snakepit.config.SnakepitOptions} and its parts. Enter at
 * {@link io.snakepit.config.OptionsLoader}, which reads them from a file, the environment and
 * flags. One table, {@link io.snakepit.config.Keys}, holds every key with its type, default and
 * range; checks, environment variables, suggestions and the documentation's test all follow it.
 * {@link io.snakepit.config.OptionsBinding} fills the options' records, by name, with the values
 * that have passed the checks.
 *
 * <p>Floor 0: depends on nothing of ours. Options are immutable, so any thread may hold them;
 * loading reads files, and so is for threads that may block.
 */
@NullMarked
package io.snakepit.config;

import org.jspecify.annotations.NullMarked;
