package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.snakepit.config.PoolOptions.Heartbeat;
import io.snakepit.config.PoolOptions.PoolSize;
import io.snakepit.config.PoolOptions.Recycle;
import io.snakepit.config.PoolOptions.ResourceLimits;
import io.snakepit.config.PoolOptions.Restart;
import io.snakepit.config.PoolOptions.Retry;
import io.snakepit.config.PoolOptions.Shutdown;
import io.snakepit.config.PoolOptions.Startup;
import io.snakepit.config.PoolOptions.Stream;
import io.snakepit.config.PoolOptions.Watchdog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes options of a configuration that has no faults. */
final class OptionsBuilder {
  static final long DEFAULT_IDLE_MS = 60_000;

  private final OptionsTree tree;

  OptionsBuilder(OptionsTree tree) {
    this.tree = tree;
  }

  /** The value of a key as it was set, or its default. */
  static JsonNode valueOr(OptionsTree tree, String path) {
    JsonNode typed = tree.at(path);
    return typed.isMissingNode() ? Keys.of(path).standard() : typed;
  }

  SnakepitOptions build() {
    Map<String, PoolOptions> pools = new LinkedHashMap<>();
    tree.pools().forEach(name -> pools.put(name, pool("pools." + name + ".")));
    return new SnakepitOptions(
        text("instance"), Path.of(text("dataDir")), http(), grpc(), pools, sessions(), cluster());
  }

  private HttpOptions http() {
    return new HttpOptions(
        flag("http.enabled"),
        text("http.host"),
        count("http.port"),
        whole("http.maxBodyBytes"),
        whole("http.maxUploadBytes"),
        texts("http.apiKeys"));
  }

  private GrpcOptions grpc() {
    return new GrpcOptions(
        flag("grpc.enabled"), text("grpc.host"), count("grpc.port"), whole("grpc.maxMessageBytes"));
  }

  private SessionOptions sessions() {
    return new SessionOptions(
        whole("sessions.ttlMs"),
        count("sessions.max"),
        count("sessions.maxKeys"),
        whole("sessions.maxValueBytes"));
  }

  private ClusterOptions cluster() {
    return new ClusterOptions(
        flag("cluster.enabled"),
        text("cluster.node"),
        text("cluster.host"),
        count("cluster.port"),
        count("cluster.eventBusPort"),
        texts("cluster.members"),
        count("cluster.quorum"),
        text("cluster.configFile"),
        count("cluster.backups"),
        flag("cluster.spillover"));
  }

  private PoolOptions pool(String at) {
    return new PoolOptions(
        text(at + "adapter"),
        text(at + "python"),
        texts(at + "pythonPath"),
        map(at + "env"),
        size(value(at + "size")),
        word(PoolOptions.Profile.class, at + "profile"),
        count(at + "concurrency"),
        word(PoolOptions.StartMethod.class, at + "startMethod"),
        texts(at + "preload"),
        word(PoolOptions.Transport.class, at + "transport"),
        word(PoolOptions.Affinity.class, at + "affinity"),
        count(at + "maxQueue"),
        whole(at + "queueTimeoutMs"),
        whole(at + "executeTimeoutMs"),
        whole(at + "cancelGraceMs"),
        startup(at + "startup."),
        new Shutdown(whole(at + "shutdown.drainMs"), whole(at + "shutdown.termGraceMs")),
        recycle(at + "recycle."),
        restart(at + "restart."),
        heartbeat(at + "heartbeat."),
        watchdog(at + "watchdog."),
        stream(at + "stream."),
        new Retry(count(at + "retry.maxAttempts")),
        new ResourceLimits(whole(at + "limits.memoryBytes"), decimal(at + "limits.cpus")),
        flag(at + "required"),
        word(PoolOptions.OnUnserializable.class, at + "onUnserializable"));
  }

  static PoolSize size(JsonNode value) {
    if (!value.isObject()) {
      return new PoolSize(value.intValue(), value.intValue(), DEFAULT_IDLE_MS);
    }
    return new PoolSize(
        value.get("min").intValue(),
        value.get("max").intValue(),
        value.path("idleMs").asLong(DEFAULT_IDLE_MS));
  }

  private Startup startup(String at) {
    return new Startup(whole(at + "timeoutMs"), count(at + "batch"), whole(at + "batchDelayMs"));
  }

  private Recycle recycle(String at) {
    return new Recycle(
        whole(at + "maxRequests"),
        whole(at + "maxAgeMs"),
        whole(at + "maxMemoryBytes"),
        decimal(at + "maxErrorRate"),
        decimal(at + "jitter"));
  }

  private Restart restart(String at) {
    List<Long> backoff = new ArrayList<>();
    value(at + "backoffMs").forEach(delay -> backoff.add(delay.longValue()));
    return new Restart(backoff, count(at + "maxCrashes"), whole(at + "windowMs"));
  }

  private Heartbeat heartbeat(String at) {
    return new Heartbeat(
        flag(at + "enabled"),
        whole(at + "intervalMs"),
        whole(at + "timeoutMs"),
        count(at + "maxMissed"),
        whole(at + "silenceMs"),
        flag(at + "dependent"));
  }

  private Watchdog watchdog(String at) {
    return new Watchdog(flag(at + "enabled"), whole(at + "intervalMs"), whole(at + "graceMs"));
  }

  private Stream stream(String at) {
    return new Stream(
        count(at + "windowChunks"), whole(at + "windowBytes"), whole(at + "idleTimeoutMs"));
  }

  private JsonNode value(String path) {
    return valueOr(tree, path);
  }

  private String text(String path) {
    return value(path).textValue();
  }

  private boolean flag(String path) {
    return value(path).booleanValue();
  }

  private long whole(String path) {
    return value(path).longValue();
  }

  private int count(String path) {
    return value(path).intValue();
  }

  private double decimal(String path) {
    return value(path).doubleValue();
  }

  private List<String> texts(String path) {
    List<String> list = new ArrayList<>();
    value(path).forEach(each -> list.add(each.textValue()));
    return list;
  }

  private Map<String, String> map(String path) {
    Map<String, String> map = new LinkedHashMap<>();
    value(path)
        .properties()
        .forEach(entry -> map.put(entry.getKey(), entry.getValue().textValue()));
    return map;
  }

  private <E extends Enum<E>> E word(Class<E> type, String path) {
    return Enum.valueOf(type, text(path).toUpperCase(Locale.ROOT));
  }
}
