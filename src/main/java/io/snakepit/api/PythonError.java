package io.snakepit.api;

import io.vertx.core.json.JsonObject;

/**
 * An exception as Python tells it.
 *
 * @param type the class's qualified name, without {@code builtins.}
 * @param message {@code str(exception)}, cut to 8 KiB
 * @param traceback the user's frames, the last 32 KiB
 */
public record PythonError(String type, String message, String traceback) {

  public JsonObject toJson() {
    return new JsonObject().put("type", type).put("message", message).put("traceback", traceback);
  }

  public static PythonError fromJson(JsonObject json) {
    return new PythonError(
        json.getString("type", ""), json.getString("message", ""), json.getString("traceback", ""));
  }
}
