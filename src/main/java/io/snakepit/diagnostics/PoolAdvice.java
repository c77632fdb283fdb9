package io.snakepit.diagnostics;

import io.snakepit.api.ErrorCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Advice on a pool's size after it was watched. Pure.
 *
 * @param verdict in one word
 * @param size workers; null if nothing tells
 * @param profile process, {@code async or thread}, or what it has; null if nothing tells
 * @param concurrency calls at a time per worker; null if nothing tells
 * @param reasons lines for people
 */
public record PoolAdvice(
    Verdict verdict,
    @Nullable Integer size,
    @Nullable String profile,
    @Nullable Integer concurrency,
    List<String> reasons) {

  /** Verdicts on how a pool fits its work. */
  public enum Verdict {
    /** No call came: nothing can be said. */
    NO_TRAFFIC,
    /** Calls ran or were refused, but none ended: nothing can be said of the size. */
    UNTOLD,
    /** The pool takes no calls: nothing can be said before it does. */
    NOT_SERVING,
    TOO_SMALL,
    /** The pool serves all calls, and is busier than it should be. */
    TIGHT,
    FITS,
    TOO_LARGE
  }

  /** Share of time that workers should be busy: above, waiting times grow out of proportion. */
  static final double TARGET = 0.7;

  /** Share of a processor above which a worker counts as computing. */
  static final double COMPUTES = 0.6;

  /** Share of a processor below which a worker counts as waiting. */
  static final double WAITS = 0.3;

  private static final Set<String> SERVING = Set.of("ready", "degraded");

  private static final double FULL = 0.9;
  private static final double HALF = 0.5;
  private static final double MS_PER_SECOND = 1_000;
  private static final int MOST_CONCURRENCY = 64;

  public PoolAdvice {
    reasons = List.copyOf(reasons);
  }

  /** Makes the advice that follows from how a pool was used. */
  public static PoolAdvice of(PoolUse use) {
    double runMs = use.meanRunMs();
    if (use.executed() == 0 && !SERVING.contains(use.last().state())) {
      return notServing(use.last());
    }
    boolean idle = use.executed() == 0 && use.refused() == 0;
    if (idle && use.peakRunning() == 0) {
      return untold(
          Verdict.NO_TRAFFIC,
          "no call in %.1f s: nothing to judge by. Watch it under load",
          use.seconds());
    }
    List<String> shortages = shortages(use);
    if (use.executed() == 0 || Double.isNaN(runMs)) {
      return shortages.isEmpty()
          ? untold(
              Verdict.UNTOLD,
              "no call ended in %.1f s: watch it for longer, with --seconds",
              use.seconds())
          : new PoolAdvice(Verdict.TOO_SMALL, null, null, null, shortages);
    }
    return judge(use, runMs, shortages);
  }

  private static PoolAdvice notServing(PoolSample pool) {
    String why = pool.lastError();
    String first = why == null ? "" : ": " + why.lines().findFirst().orElse("");
    return new PoolAdvice(
        Verdict.NOT_SERVING,
        null,
        null,
        null,
        List.of("it is %s and takes no calls%s".formatted(pool.state(), first)));
  }

  private static PoolAdvice untold(Verdict verdict, String why, double seconds) {
    return new PoolAdvice(
        verdict, null, null, null, List.of(String.format(Locale.ROOT, why, seconds)));
  }

  private static PoolAdvice judge(PoolUse use, double runMs, List<String> shortages) {
    List<String> reasons = new ArrayList<>(shortages);
    int concurrency = use.last().workers().concurrency();
    double atOnce = use.offeredPerSecond() * runMs / MS_PER_SECOND;
    int size = size(atOnce, concurrency);
    reasons.add(littlesLaw(use, runMs, atOnce, size));
    if (use.outcome(ErrorCode.POOL_SATURATED) > 0) {
      reasons.add(
          "a refused call counts each time it is sent: where callers try again at once, begin with less and watch again");
    }
    reasons.add(processors(use));
    if (use.queuedShare() > HALF) {
      reasons.add(
          "up to %,d calls were there at a time, and callers held up may send more: watch again after the change"
              .formatted(use.peakPresent()));
    }
    Verdict verdict = verdict(use, size, !shortages.isEmpty());
    if (use.cpuShare() <= WAITS && concurrency == 1) {
      int calls = sharing(use.cpuShare());
      int shared = size(atOnce, calls);
      reasons.add(
          "profile process, with a worker for each call at a time: size %,d".formatted(size));
      return new PoolAdvice(verdict, shared, "async or thread", calls, reasons);
    }
    if (use.cpuShare() >= COMPUTES && concurrency > 1) {
      int alone = size(use.offeredPerSecond() * use.cpuMsPerCall() / MS_PER_SECOND, 1);
      return new PoolAdvice(verdict, alone, "process", 1, reasons);
    }
    String profile = use.last().workers().profile();
    return new PoolAdvice(
        verdict, size, profile.isEmpty() ? "process" : profile, concurrency, reasons);
  }

  private static int size(double atOnce, int concurrency) {
    return (int) Math.max(1, Math.ceil(atOnce / TARGET / concurrency));
  }

  private static Verdict verdict(PoolUse use, int size, boolean isShort) {
    int now = use.last().workers().size();
    if (isShort) {
      return Verdict.TOO_SMALL;
    }
    if (size > now) {
      return Verdict.TIGHT;
    }
    return size * 2 <= now ? Verdict.TOO_LARGE : Verdict.FITS;
  }

  /** Returns how many calls leave some air to the one processor that a worker's Python can use. */
  private static int sharing(double each) {
    return (int) Math.max(2, Math.min(MOST_CONCURRENCY, Math.floor(TARGET / each)));
  }

  /** Returns signs that work waits for workers. */
  private static List<String> shortages(PoolUse use) {
    List<String> found = new ArrayList<>();
    told(found, use.outcome(ErrorCode.POOL_SATURATED), "refused, the queue being full");
    told(found, use.outcome(ErrorCode.QUEUE_TIMEOUT), "given up in the queue");
    told(found, use.outcome(ErrorCode.WORKER_BUSY), "refused, the session's worker being busy");
    if (use.queuedShare() > HALF) {
      found.add("calls were waiting most of the time: up to %,d".formatted(use.peakQueued()));
    }
    if (use.meanUtilisation() > FULL) {
      found.add("%.0f %% of its capacity was in use".formatted(use.meanUtilisation() * 100));
    }
    return found;
  }

  private static void told(List<String> found, long calls, String what) {
    if (calls > 0) {
      found.add("%,d %s %s".formatted(calls, calls == 1 ? "call was" : "calls were", what));
    }
  }

  private static String littlesLaw(PoolUse use, double runMs, double atOnce, int size) {
    return String.format(
        Locale.ROOT,
        "%.1f calls/s of %.1f ms each are %.2f at a time; at %.0f %% use and concurrency %d: %d %s",
        use.offeredPerSecond(),
        runMs,
        atOnce,
        TARGET * 100,
        use.last().workers().concurrency(),
        size,
        size == 1 ? "worker" : "workers");
  }

  private static String processors(PoolUse use) {
    double share = use.cpuShare();
    if (Double.isNaN(share)) {
      return "what its workers do meanwhile is not known: this server tells no processor time";
    }
    if (share >= COMPUTES) {
      return String.format(
          Locale.ROOT,
          "a busy worker computes %.0f %% of the time: profile process, and no more workers than processors (diagnose scaling tells)",
          share * 100);
    }
    String what = share <= WAITS ? "mostly waits" : "computes and waits by turns";
    return String.format(
        Locale.ROOT, "a busy worker %s: it uses %.0f %% of a processor", what, share * 100);
  }

  /** Returns the advice for programs, with the verdict in lower case. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("verdict", verdict.name().toLowerCase(Locale.ROOT))
        .put("size", size)
        .put("profile", profile)
        .put("concurrency", concurrency)
        .put("reasons", new JsonArray(new ArrayList<>(reasons)));
  }
}
