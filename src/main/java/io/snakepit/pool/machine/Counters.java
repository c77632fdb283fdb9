package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts of calls by how they ended: one for each outcome that a caller can see. */
final class Counters {
  private final Map<ErrorCode, long[]> failed = new EnumMap<>(ErrorCode.class);
  private long ok;
  private long restarts;
  private long recycled;

  Counters() {
    for (ErrorCode code : ErrorCode.values()) {
      failed.put(code, new long[1]);
    }
  }

  /**
   * A worker has answered a call.
   *
   * @param failure null for a result
   */
  void ended(@Nullable ErrorCode failure) {
    if (failure == null) {
      ok++;
    } else {
      failed(failure);
    }
  }

  void failed(ErrorCode code) {
    count(code)[0]++;
  }

  void restarted() {
    restarts++;
  }

  void recycled() {
    recycled++;
  }

  long ok() {
    return ok;
  }

  long of(ErrorCode code) {
    return count(code)[0];
  }

  private long[] count(ErrorCode code) {
    return Objects.requireNonNull(failed.get(code));
  }

  long restarts() {
    return restarts;
  }

  /** Workers that were replaced by fresh ones. */
  long recycledWorkers() {
    return recycled;
  }

  /** All counts by name, zeros included. */
  Map<String, Long> toMap() {
    Map<String, Long> map = new LinkedHashMap<>();
    map.put("OK", ok);
    for (ErrorCode code : ErrorCode.values()) {
      map.put(code.name(), of(code));
    }
    map.put("restarts", restarts);
    map.put("recycled", recycled);
    return map;
  }
}
