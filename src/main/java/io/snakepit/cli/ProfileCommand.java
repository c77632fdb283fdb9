package io.snakepit.cli;

import io.snakepit.diagnostics.PoolAdvice;
import io.snakepit.diagnostics.PoolUse;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The command {@code profile}: watches a pool of a running server for a while, and judges its size.
 */
@Command(
    name = "profile",
    header = "Watches a pool of a running server, and recommends its size and profile.",
    description = {
      "",
      "Tells how much of the pool is in use, how long calls wait and run, and how much of that is processor time. Watch it under the load that it should carry: it only reads figures, and sends no call."
    },
    footer = {
      "",
      "Examples:",
      "  ./snakepit profile",
      "  ./snakepit profile --pool ml --seconds 30",
      "  ./snakepit profile --json > pool.json"
    })
final class ProfileCommand implements Callable<Integer> {
  private static final int DEFAULT_SECONDS = 5;
  private static final int MOST_SECONDS = 3_600;

  private final Terminal terminal;
  private final Ticker ticker;

  @Mixin final PoolChoice pool = new PoolChoice();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long to watch, 1 to 3600; else ${DEFAULT-VALUE}.")
  int seconds = DEFAULT_SECONDS;

  @Option(names = "--json", description = "Prints the figures as one JSON object.")
  boolean json;

  @Mixin final ServerOptions options = new ServerOptions();

  ProfileCommand(Terminal terminal, Ticker ticker) {
    this.terminal = terminal;
    this.ticker = ticker;
  }

  @Override
  public Integer call() {
    if (seconds < 1 || seconds > MOST_SECONDS) {
      throw CommandFailure.usage(
          "--seconds must be between 1 and %d: got %d".formatted(MOST_SECONDS, seconds));
    }
    RemoteServer server = options.server(terminal);
    String name = pool.of(server);
    terminal.err().printf("watching pool %s for %d s%n", name, seconds);
    PoolUse use =
        new PoolUse(
            new PoolWatch(server, ExecCommand.encoded(name), ticker)
                .watch(seconds, gone -> terminal.err().printf("%d of %d s%n", gone, seconds)));
    PoolAdvice advice = PoolAdvice.of(use);
    terminal.out().println(json ? json(use, advice) : new ProfileText(use, advice).toString());
    return ExitCode.OK;
  }

  private static String json(PoolUse use, PoolAdvice advice) {
    JsonObject whole = use.toJson().put("advice", advice.toJson());
    return whole.encodePrettily();
  }
}
