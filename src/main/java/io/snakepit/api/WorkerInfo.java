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
