package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Table of all keys, one row each, in the order of {@code conf/snakepit.yaml}. */
final class Keys {
  /** A day, the longest duration that makes sense for most keys. */
  private static final long DAY_MS = 86_400_000;

  private static final long MAX_BODY = 1L << 30;
  private static final long MAX_BYTES = 1L << 50;
  private static final int MAX_COUNT = 1_000_000;
  static final int MAX_WORKERS = 1_000;

  /** A worker with less of a processor would be taken for one that hangs while it computes. */
  private static final double LEAST_CPUS = 0.05;

  private static final KeyType ANY_TEXT = text(".*", "a text");
  private static final KeyType NAME =
      text("[A-Za-z0-9][A-Za-z0-9._-]{0,62}", "1 to 63 of A-Z a-z 0-9 . _ -, the first no sign");
  private static final KeyType FLAG = new KeyType.Flag();
  private static final KeyType PORT = whole(0, 65_535);
  private static final KeyType TEXTS = new KeyType.ListOf(text(".+", "a text"), 0);
  private static final KeyType HOSTS =
      new KeyType.ListOf(
          new KeyType.Parsed(
              text -> Authority.parse(text) != null,
              "a host's name or address, as host or host:port, IPv6 in brackets"),
          0);
  private static final KeyType ORIGINS =
      new KeyType.ListOf(
          new KeyType.Parsed(
              text -> WebOrigin.parse(text) != null,
              "an origin as browsers send it: scheme://host or scheme://host:port"),
          0);
  private static final KeyType MODULE =
      text("[A-Za-z_][\\w.]*(:[A-Za-z_]\\w*)?", "a Python module, or module:Class");

  private static final Pattern IN_POOL = Pattern.compile("^pools\\.[^.]+\\.");

  /** All keys by path, with {@code *} for a pool's name. */
  static final Map<String, Key> BY_PATH = byPath();

  private Keys() {}

  /**
   * Returns the key of a path such as {@code pools.ml.size}.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Key of(String path) {
    Key key = BY_PATH.get(IN_POOL.matcher(path).replaceFirst("pools.*."));
    if (key == null) {
      throw new IllegalArgumentException("no such key: " + path);
    }
    return key;
  }

  /** Returns whether keys stand below a path, which has {@code *} for a pool's name. */
  static boolean isSection(String pattern) {
    return BY_PATH.keySet().stream().anyMatch(path -> path.startsWith(pattern + "."));
  }

  /** Returns the path of a name below a path, with {@code *} for a pool's name. */
  static String below(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name;
    }
    return pattern + "." + (pattern.equals("pools") ? "*" : name);
  }

  private static List<Key> all() {
    List<Key> keys = new ArrayList<>();
    keys.add(live("instance", NAME, "default"));
    keys.add(live("dataDir", text("[^\\x00]+", "a path"), "data"));
    keys.add(live("http.enabled", FLAG, true));
    keys.add(live("http.host", text("\\S+", "a host's name or address"), "127.0.0.1"));
    keys.add(live("http.port", PORT, 8080));
    keys.add(live("http.maxBodyBytes", whole(1, MAX_BODY), 67_108_864));
    keys.add(live("http.maxUploadBytes", whole(0, MAX_BYTES), 0));
    keys.add(live("http.maxBufferedBytes", whole(0, MAX_BYTES), 0));
    keys.add(live("http.idleTimeoutMs", whole(0, DAY_MS), 75_000));
    keys.add(live("http.apiKeys", TEXTS, List.of()));
    keys.add(live("http.allowedHosts", HOSTS, List.of()));
    keys.add(live("http.cors.allowedOrigins", ORIGINS, List.of()));
    keys.add(later("grpc.enabled", FLAG, true));
    keys.add(later("grpc.host", text("\\S+", "a host's name or address"), "127.0.0.1"));
    keys.add(later("grpc.port", PORT, 9090));
    keys.add(later("grpc.maxMessageBytes", whole(1, MAX_BODY), 67_108_864));
    keys.addAll(pool());
    keys.add(live("sessions.ttlMs", whole(1, 365 * DAY_MS), 3_600_000));
    keys.add(live("sessions.max", whole(1, MAX_COUNT), 10_000));
    keys.add(later("sessions.maxKeys", whole(1, MAX_COUNT), 1000));
    keys.add(later("sessions.maxValueBytes", whole(1, MAX_BODY), 1_048_576));
    keys.add(later("cluster.enabled", FLAG, false));
    keys.add(
        later("cluster.node", text("[A-Za-z0-9._-]{0,63}", "at most 63 of A-Z a-z 0-9 . _ -"), ""));
    keys.add(later("cluster.host", text("\\S+", "a host's name or address"), "127.0.0.1"));
    keys.add(later("cluster.port", PORT, 5701));
    keys.add(later("cluster.eventBusPort", PORT, 0));
    keys.add(
        later(
            "cluster.members",
            new KeyType.ListOf(text("\\S+:\\d{1,5}", "host:port"), 0),
            List.of()));
    keys.add(later("cluster.quorum", whole(0, 1_000), 0));
    keys.add(later("cluster.configFile", ANY_TEXT, ""));
    keys.add(later("cluster.backups", whole(0, 6), 1));
    keys.add(later("cluster.spillover", FLAG, true));
    return keys;
  }

  private static List<Key> pool() {
    List<Key> keys = new ArrayList<>();
    keys.add(live("pools.*.adapter", MODULE, "snakepit.adapters.showcase"));
    keys.add(live("pools.*.python", ANY_TEXT, ""));
    keys.add(live("pools.*.pythonPath", TEXTS, List.of()));
    keys.add(live("pools.*.env", new KeyType.TextMap(), Map.of()));
    keys.add(live("pools.*.size", new KeyType.Size(MAX_WORKERS), 2));
    keys.add(live("pools.*.profile", oneOf("process", "thread", "async"), "process"));
    keys.add(live("pools.*.concurrency", whole(1, 10_000), 1));
    keys.add(live("pools.*.startMethod", oneOf("auto", "forkserver", "spawn"), "auto"));
    keys.add(live("pools.*.preload", new KeyType.ListOf(MODULE, 0), List.of()));
    keys.add(later("pools.*.transport", oneOf("socket", "grpc"), "socket"));
    keys.add(live("pools.*.affinity", oneOf("hint", "strict_queue", "strict_fail_fast"), "hint"));
    keys.add(live("pools.*.maxQueue", whole(0, MAX_COUNT), 1000));
    keys.add(live("pools.*.maxQueueBytes", whole(0, MAX_BYTES), 0));
    keys.add(live("pools.*.queueTimeoutMs", whole(1, DAY_MS), 5000));
    keys.add(live("pools.*.executeTimeoutMs", whole(0, 30 * DAY_MS), 30_000));
    keys.add(live("pools.*.cancelGraceMs", whole(0, DAY_MS), 1000));
    keys.add(live("pools.*.afterInterrupt", oneOf("keep", "replace"), "keep"));
    keys.add(live("pools.*.threadsPerWorker", new KeyType.AutoOr(whole(0, 4_096)), "auto"));
    keys.add(live("pools.*.startup.timeoutMs", whole(1, DAY_MS), 30_000));
    keys.add(live("pools.*.startup.batch", whole(1, MAX_WORKERS), 10));
    keys.add(live("pools.*.startup.batchDelayMs", whole(0, DAY_MS), 0));
    keys.add(live("pools.*.shutdown.drainMs", whole(0, DAY_MS), 10_000));
    keys.add(live("pools.*.shutdown.termGraceMs", whole(0, DAY_MS), 2000));
    keys.add(live("pools.*.recycle.maxRequests", whole(0, Integer.MAX_VALUE), 0));
    keys.add(live("pools.*.recycle.maxAgeMs", whole(0, 365 * DAY_MS), 0));
    keys.add(live("pools.*.recycle.maxMemoryBytes", whole(0, MAX_BYTES), 0));
    keys.add(live("pools.*.recycle.maxErrorRate", decimal(0, 1), 0));
    keys.add(live("pools.*.recycle.jitter", decimal(0, 1), 0.1));
    keys.add(
        live(
            "pools.*.restart.backoffMs",
            new KeyType.ListOf(whole(0, DAY_MS), 1),
            List.of(0, 50, 100, 200, 400, 800, 1600)));
    keys.add(live("pools.*.restart.maxCrashes", whole(0, MAX_COUNT), 10));
    keys.add(live("pools.*.restart.windowMs", whole(1, DAY_MS), 60_000));
    keys.add(live("pools.*.heartbeat.enabled", FLAG, true));
    keys.add(live("pools.*.heartbeat.intervalMs", whole(10, DAY_MS), 2000));
    keys.add(live("pools.*.heartbeat.timeoutMs", whole(10, DAY_MS), 10_000));
    keys.add(live("pools.*.heartbeat.maxMissed", whole(1, 1_000), 3));
    keys.add(live("pools.*.heartbeat.silenceMs", whole(10, DAY_MS), 15_000));
    keys.add(live("pools.*.heartbeat.dependent", FLAG, true));
    keys.add(live("pools.*.watchdog.enabled", FLAG, false));
    keys.add(live("pools.*.watchdog.intervalMs", whole(100, DAY_MS), 1000));
    keys.add(live("pools.*.watchdog.graceMs", whole(0, DAY_MS), 3000));
    keys.add(live("pools.*.stream.windowChunks", whole(1, 65_536), 16));
    keys.add(live("pools.*.stream.windowBytes", whole(1, MAX_BODY), 1_048_576));
    keys.add(live("pools.*.stream.idleTimeoutMs", whole(0, DAY_MS), 0));
    keys.add(live("pools.*.stream.headAfterMs", whole(1, DAY_MS), 5000));
    keys.add(live("pools.*.retry.maxAttempts", whole(1, 100), 3));
    keys.add(live("pools.*.limits.memoryBytes", whole(0, MAX_BYTES), 0));
    keys.add(live("pools.*.limits.cpus", new KeyType.ZeroOr(decimal(LEAST_CPUS, 4_096)), 0));
    keys.add(live("pools.*.required", FLAG, true));
    keys.add(live("pools.*.onUnserializable", oneOf("error", "marker"), "error"));
    return keys;
  }

  private static Map<String, Key> byPath() {
    Map<String, Key> map = new LinkedHashMap<>();
    all().forEach(key -> map.put(key.path(), key));
    return Collections.unmodifiableMap(map);
  }

  private static KeyType whole(long min, long max) {
    return new KeyType.Whole(min, max);
  }

  private static KeyType decimal(double min, double max) {
    return new KeyType.Decimal(min, max);
  }

  private static KeyType oneOf(String... words) {
    return new KeyType.OneOf(List.of(words));
  }

  private static KeyType text(String form, String rule) {
    return new KeyType.Text(Pattern.compile(form), rule);
  }

  private static Key live(String path, KeyType type, Object standard) {
    return key(path, type, standard, true);
  }

  private static Key later(String path, KeyType type, Object standard) {
    return key(path, type, standard, false);
  }

  private static Key key(String path, KeyType type, Object standard, boolean inForce) {
    return new Key(path, type, node(standard), inForce);
  }

  /** Returns a default as a value of the tree; so early in a start, it is cheaper than parsing. */
  private static JsonNode node(Object standard) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (standard instanceof Boolean flag) {
      return nodes.booleanNode(flag);
    } else if (standard instanceof Integer whole) {
      return nodes.numberNode(whole);
    } else if (standard instanceof Double decimal) {
      return nodes.numberNode(decimal);
    } else if (standard instanceof List<?> list) {
      ArrayNode array = nodes.arrayNode();
      list.forEach(each -> array.add(node(each)));
      return array;
    } else if (standard instanceof Map<?, ?> map && map.isEmpty()) {
      return nodes.objectNode();
    } else if (standard instanceof String text) {
      return nodes.textNode(text);
    }
    throw new IllegalArgumentException("no default can be " + standard);
  }
}
