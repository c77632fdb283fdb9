package io.snakepit.diagnostics;

import io.snakepit.process.ProcessTable.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Processes between the host and its workers.
 *
 * @param keeper its pid, as a name below {@code /proc}; null if there is no worker to tell by
 * @param forkServer the same; null if workers are no forks
 */
record Guardians(@Nullable String keeper, @Nullable String forkServer) {

  /**
   * Finds the guardians by a worker's parents: the host's child is the keeper's guard, its child
   * the keeper, one in between the fork server. So it is on Linux; elsewhere nothing can be read of
   * them.
   */
  static Guardians of(long worker, long host, List<Entry> processes) {
    Map<Long, Entry> byPid = new HashMap<>();
    processes.forEach(each -> byPid.put(each.pid(), each));
    List<Long> between = new ArrayList<>();
    Entry process = byPid.get(worker);
    while (process != null && process.parent() != host) {
      between.add(process.parent());
      process = byPid.get(process.parent());
    }
    if (process == null || between.size() < 2) {
      return new Guardians(null, null);
    }
    String keeper = String.valueOf(between.get(between.size() - 2));
    return new Guardians(keeper, between.size() > 2 ? String.valueOf(between.get(0)) : null);
  }
}
