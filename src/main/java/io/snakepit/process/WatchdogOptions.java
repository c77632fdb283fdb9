package io.snakepit.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Settings of a watchdog.
 *
 * @param pool whose processes it ends
 * @param run the host's run, by whose name those are known
 * @param instance the host's name, likewise
 * @param directory of the run, private, where the script is laid
 * @param environment of the script
 * @param intervalMs between two looks at the host
 * @param graceMs from the host's end to SIGTERM, and from there to SIGKILL
 */
public record WatchdogOptions(
    String pool,
    String run,
    String instance,
    Path directory,
    Map<String, String> environment,
    long intervalMs,
    long graceMs) {

  /**
   * The script bears the run's and the instance's mark, so that the next start finds one that is
   * left, but not the pool's: whatever bears that is ended with the pool's keeper.
   */
  public WatchdogOptions {
    Map<String, String> marked = new HashMap<>(environment);
    marked.keySet().removeAll(java.util.Set.of(KeeperOptions.POOL_MARK, KeeperOptions.WORKER_MARK));
    marked.put(KeeperOptions.RUN_MARK, run);
    marked.put(KeeperOptions.INSTANCE_MARK, instance);
    environment = Map.copyOf(marked);
  }
}
