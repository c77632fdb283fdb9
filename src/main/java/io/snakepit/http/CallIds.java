package io.snakepit.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ids of the calls that come through one door: those it makes, unique and short enough to read,
 * and those that clients choose, of which the same may be chosen twice. On the door's event loop.
 */
final class CallIds {
  private final String prefix =
      "http-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";

  private final Map<String, Integer> chosen = new HashMap<>();
  private long last;

  /** Makes an id for a call whose client has chosen none. */
  String next() {
    return prefix + ++last;
  }

  /** Notes that one more client waits for a call under an id of its choice. */
  void joined(String id) {
    chosen.merge(id, 1, Integer::sum);
  }

  /**
   * Notes that one of those that {@link #joined} waits no more.
   *
   * @return whether it was the last under that id
   */
  boolean left(String id) {
    return chosen.computeIfPresent(id, (same, waiting) -> waiting == 1 ? null : waiting - 1)
        == null;
  }

  /** Returns how many ids clients wait under that they chose. */
  int chosen() {
    return chosen.size();
  }
}
