package io.snakepit.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The host's tools by name. Any thread may add and call. */
public final class HostTools {
  private final Map<String, HostTool> tools = new ConcurrentHashMap<>();

  /**
   * Offers a tool, in place of one with the same name.
   *
   * @param name 1 to 128 of {@code A-Z a-z 0-9 _ . -}
   */
  public void add(String name, HostTool tool) {
    if (name == null || tool == null) {
      throw new IllegalArgumentException(
          "a host tool must have a name and a function: got null for the "
              + (name == null ? "name" : "function"));
    }
    if (!Names.isTool(name)) {
      throw new IllegalArgumentException(
          "a host tool's name must be 1 to 128 of A-Z a-z 0-9 _ . -: got \"%s\""
              .formatted(Shown.of(name)));
    }
    tools.put(name, tool);
  }

  /** Calls a tool. Never throws; an unknown name fails with {@code TOOL_NOT_FOUND}. */
  public Future<?> call(String name, JsonObject args) {
    HostTool tool = tools.get(name);
    if (tool == null) {
      return Future.failedFuture(
          new SnakepitException(
              ErrorCode.TOOL_NOT_FOUND,
              "the host offers no tool \"%s\": it has %s"
                  .formatted(Shown.of(name), new TreeSet<>(tools.keySet()))));
    }
    try {
      Future<?> answer = tool.call(args);
      return answer == null ? Future.failedFuture(noAnswer(name)) : answer;
    } catch (Throwable thrown) {
      Faults.throwIfFatal(thrown);
      return Future.failedFuture(thrown);
    }
  }

  private static SnakepitException noAnswer(String name) {
    return new SnakepitException(
        ErrorCode.INTERNAL,
        "the host's tool \"%s\" returned null where it must return a future".formatted(name));
  }
}
