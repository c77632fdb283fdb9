package io.snakepit.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;

/** What {@link ChildHost} starts: a host that serves until its standard input ends. */
public final class ChildHostMain {
  private ChildHostMain() {}

  /**
   * Prints a line {@code {"pids":[…]}} once the workers are ready.
   *
   * @param args the configuration as JSON
   */
  public static void main(String[] args) throws IOException {
    Main.quietLog();
    try (BenchHost host = BenchHost.start(new JsonObject(args[0]))) {
      System.out.println(new JsonObject().put("pids", new JsonArray(host.pids())).encode());
      while (System.in.read() >= 0) {
        // Nobody says anything: only the end counts.
      }
    }
    System.exit(0);
  }
}
