package io.snakepit.api;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The state and the figures of a worker at one moment.
 *
 * @param worker its id
 * @param pool the name of its pool
 * @param state starting, idle, busy or stopping
 * @param ageMs since its start was asked for
 * @param lastHeartbeatMs since the last heartbeat was answered; null without heartbeats
 * @param node the cluster node it runs on; empty when alone
 */
public record WorkerInfo(
    String worker,
    String pool,
    String state,
    long ageMs,
    Calls calls,
    OsProcess process,
    @Nullable Long lastHeartbeatMs,
    String node) {

  /**
   * The calls of a worker.
   *
   * @param answered by it, errors included
   * @param errors those that ended in an error
   * @param running calls in it
   */
  public record Calls(long answered, long errors, int running) {}

  /**
   * The operating system's process of a worker.
   *
   * @param pid 0 until the process exists
   * @param rssBytes resident memory; 0 where it can't be told
   * @param cpuMs processor time that it has used so far; 0 where it can't be told
   */
  public record OsProcess(long pid, long rssBytes, long cpuMs) {}

  /** Returns the same worker with other figures of its process. */
  public WorkerInfo withProcess(OsProcess other) {
    return new WorkerInfo(worker, pool, state, ageMs, calls, other, lastHeartbeatMs, node);
  }

  /**
   * Reads what {@link #toJson} writes, and the event bus and HTTP answer. Raises a {@link
   * RuntimeException} where it is something else.
   */
  public static WorkerInfo fromJson(JsonObject json) {
    return new WorkerInfo(
        json.getString("worker"),
        json.getString("pool"),
        json.getString("state"),
        json.getLong("ageMs"),
        new Calls(json.getLong("calls"), json.getLong("errors"), json.getInteger("running")),
        new OsProcess(json.getLong("pid"), json.getLong("rssBytes"), json.getLong("cpuMs")),
        json.getLong("lastHeartbeatMs"),
        json.getString("node"));
  }

  /** Returns the worker as the event bus and HTTP answer it. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("worker", worker)
        .put("pool", pool)
        .put("pid", process.pid())
        .put("state", state)
        .put("ageMs", ageMs)
        .put("calls", calls.answered())
        .put("errors", calls.errors())
        .put("running", calls.running())
        .put("rssBytes", process.rssBytes())
        .put("cpuMs", process.cpuMs())
        .put("lastHeartbeatMs", lastHeartbeatMs)
        .put("node", node);
  }
}
