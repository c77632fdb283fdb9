/**
 * The command line: one class for each command of {@code ./snakepit}. Enter at {@link
 * io.snakepit.cli.Main}.
 *
 * <p>The top floor: may use every room below. Commands run on the main thread and may block.
 * Results go to standard output; everything else, errors and progress included, to standard error.
 * Exit codes: 0 fine, 1 failed, 2 bad usage or configuration.
 */
@NullMarked
package io.snakepit.cli;

import org.jspecify.annotations.NullMarked;
