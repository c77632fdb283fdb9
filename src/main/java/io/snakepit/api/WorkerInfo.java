package io.snakepit.api;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What one can know of a worker.
 *
 * @param pid 0 until the process exists
 * @param state starting, idle, busy or stopping
 * @param ageMs since its start was asked for
 * @param calls answered by it, errors included
 * @param errors those that ended in an error
 * @param running calls in it
 * @param rssBytes resident memory; 0 where it can't be told
 * @param cpuMs processor time that its process has used so far; 0 where it can't be told
 * @param lastHeartbeatMs since the last heartbeat was answered; null without heartbeats
 * @param node the cluster node it runs on; empty when alone
 */
public record WorkerInfo(
    String worker,
    String pool,
    long pid,
    String state,
    long ageMs,
    long calls,
    long errors,
    int running,
    long rssBytes,
    long cpuMs,
    @Nullable Long lastHeartbeatMs,
    String node) {

  /**
   * Reads what {@link #toJson} writes, and the event bus and HTTP answer. Raises a {@link
   * RuntimeException} where it is something else.
   */
  public static WorkerInfo fromJson(JsonObject json) {
    return new WorkerInfo(
        json.getString("worker"),
        json.getString("pool"),
        json.getLong("pid"),
        json.getString("state"),
        json.getLong("ageMs"),
        json.getLong("calls"),
        json.getLong("errors"),
        json.getInteger("running"),
        json.getLong("rssBytes"),
        json.getLong("cpuMs"),
        json.getLong("lastHeartbeatMs"),
        json.getString("node"));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("worker", worker)
        .put("pool", pool)
        .put("pid", pid)
        .put("state", state)
        .put("ageMs", ageMs)
        .put("calls", calls)
        .put("errors", errors)
        .put("running", running)
        .put("rssBytes", rssBytes)
        .put("cpuMs", cpuMs)
        .put("lastHeartbeatMs", lastHeartbeatMs)
        .put("node", node);
  }
}
