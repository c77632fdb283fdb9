package io.snakepit.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The host's tools by name. Any thread may add and call. */
public final class HostTools {
  private final Map<String, HostTool> tools = new ConcurrentHashMap<>();

  /** Offers a tool, in place of one with the same name. */
  public void add(String name, HostTool tool) {
    tools.put(name, tool);
  }

  /** Calls a tool. Never throws; an unknown name fails with {@code TOOL_NOT_FOUND}. */
  public Future<?> call(String name, JsonObject args) {
    HostTool tool = tools.get(name);
    if (tool == null) {
      return Future.failedFuture(
          new SnakepitException(
              ErrorCode.TOOL_NOT_FOUND,
              "the host offers no tool \"%s\": it has %s".formatted(name, tools.keySet())));
    }
    try {
      return tool.call(args);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
