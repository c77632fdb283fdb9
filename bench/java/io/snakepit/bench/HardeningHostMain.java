package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * The host that {@link HardeningPart} is hostile to, in a JVM of its own: tells its port, and for
 * each line on standard input what its heap holds after a collection.
 */
public final class HardeningHostMain {
  private HardeningHostMain() {}

  /**
   * Serves until standard input ends.
   *
   * @param args the configuration as JSON
   */
  public static void main(String[] args) throws IOException {
    Main.quietLog();
    try (BenchHost host = BenchHost.start(new JsonObject(args[0]))) {
      System.out.println(host.httpPort());
      BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      while (orders.readLine() != null) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.println(runtime.totalMemory() - runtime.freeMemory());
      }
    }
    System.exit(0);
  }
}
