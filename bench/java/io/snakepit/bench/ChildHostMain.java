package io.snakepit.bench;

import io.snakepit.api.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program that {@link ChildHost} starts: a host that serves until its standard input ends. */
public final class ChildHostMain {
  private static final long LOOK_MS = 2;

  private ChildHostMain() {}

  /**
   * Prints a line {@code {"pids":[…]}} once the workers are ready.
   *
   * @param args the configuration as JSON; an array of the hostile adapter's tools, each of which
   *     is called once; and the folder for the files by which they show that they run
   */
  public static void main(String[] args) throws IOException {
    Main.quietLog();
    try (BenchHost host = BenchHost.start(new JsonObject(args[0]))) {
      occupy(host, new JsonArray(args[1]), Path.of(args[2]));
      System.out.println(new JsonObject().put("pids", new JsonArray(host.pids())).encode());
      while (System.in.read() >= 0) {
        // Nobody says anything: only the end counts.
      }
    }
    System.exit(0);
  }

  /** Has each tool run on a worker, and waits until it does. */
  private static void occupy(BenchHost host, JsonArray tools, Path signs) throws IOException {
    Files.createDirectories(signs);
    for (Object tool : tools) {
      Path sign = signs.resolve((String) tool);
      host.begin(Call.of((String) tool).with("sign", sign.toString()));
      while (!Files.exists(sign)) {
        Pause.millis(LOOK_MS);
      }
    }
  }
}
