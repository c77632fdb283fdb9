package io.snakepit.pool.machine;

import io.snakepit.api.WorkerEnd;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A pool's configuration by chance. */
record RandomOptions(Random random) {

  /** Small numbers everywhere, so that every limit is met often. */
  JsonObject pool() {
    int concurrency = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(5);
    int min = 1 + random.nextInt(5);
    JsonObject size =
        new JsonObject().put("min", min).put("max", min + random.nextInt(4)).put("idleMs", 30);
    return new JsonObject()
        .put("size", random.nextBoolean() ? min : size)
        .put("profile", concurrency == 1 ? "process" : "thread")
        .put("concurrency", concurrency)
        .put("maxQueue", random.nextInt(12))
        .put("queueTimeoutMs", 40)
        .put("cancelGraceMs", random.nextBoolean() ? 30 : 130)
        .put("afterInterrupt", pick(List.of("keep", "keep", "replace")))
        .put("affinity", pick(List.of("hint", "strict_queue", "strict_fail_fast")))
        .put("startup", new JsonObject().put("batch", 1 + random.nextInt(4)))
        .put("recycle", recycle())
        .put(
            "restart",
            new JsonObject()
                .put("backoffMs", new JsonArray().add(0).add(5).add(9))
                .put("windowMs", 500)
                .put("maxCrashes", random.nextBoolean() ? 0 : 2 + random.nextInt(20)));
  }

  /** As {@link #pool}; half of them recycle by memory too, and half run calls on event loops. */
  JsonObject poolOfEveryKind(long bytes) {
    JsonObject pool = pool();
    pool.getJsonObject("recycle").put("maxMemoryBytes", random.nextBoolean() ? bytes : 0);
    boolean onEventLoops = pool.getInteger("concurrency") > 1 && random.nextBoolean();
    return onEventLoops ? pool.put("profile", "async") : pool;
  }

  /** Time for which a session without a call stays bound: some meet its end, some never. */
  long sessionTtlMs() {
    return random.nextBoolean() ? PoolScript.SESSION_TTL_MS : 1 + random.nextInt(100);
  }

  /** Returns how forked workers end as they start, in a life of that seed; null: they get ready. */
  static @Nullable WorkerEnd endOfForks(long seed) {
    return switch (Math.floorMod(seed, 7)) {
      case 0 -> WorkerEnd.LATE;
      case 3 -> WorkerEnd.DIED;
      default -> null;
    };
  }

  private JsonObject recycle() {
    return new JsonObject()
        .put("maxRequests", random.nextInt(3) == 0 ? 20 + random.nextInt(50) : 0)
        .put("maxAgeMs", random.nextInt(3) == 0 ? 300 + random.nextInt(500) : 0)
        .put("maxErrorRate", random.nextInt(3) == 0 ? 0.5 : 0)
        .put("jitter", 0.3);
  }

  private String pick(List<String> words) {
    return words.get(random.nextInt(words.size()));
  }
}
