package io.snakepit.pool;

import io.snakepit.api.HostTools;
import io.snakepit.config.SessionOptions;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.worker.NurserySettings;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;

/** The settings of a pool {@code p} whose directories and Python are nowhere. */
final class Nowhere {
  private Nowhere() {}

  static NurserySettings settings(long maxBodyBytes) {
    JsonObject pool = new JsonObject().put("python", "/nowhere/python");
    JsonObject options = new JsonObject().put("pools", new JsonObject().put("p", pool));
    Path nowhere = Path.of("nowhere");
    return new NurserySettings(
        "p",
        SnakepitOptions.fromJson(options).pools().get("p"),
        Map.of(),
        new NurserySettings.Run("run", "test", nowhere, nowhere),
        maxBodyBytes,
        new SessionOptions(60_000, 10, 10, 10),
        new HostTools());
  }
}
