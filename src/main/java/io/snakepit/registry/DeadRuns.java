package io.snakepit.registry;

import io.snakepit.process.BootId;
import io.snakepit.process.KeeperOptions;
import io.snakepit.process.ProcessTable;
import io.snakepit.process.ProcessTable.Entry;
import io.snakepit.process.Sweep;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The earlier runs of this instance: ends what they have left, and forgets them.
 *
 * <h2>Who is killed, and who is not</h2>
 *
 * A run counts as dead if its lock is free and its host is gone. Then a process is its own, and is
 * killed, if it bears the run's and the instance's name in its environment, which every descendant
 * inherits; or if a record of the run has its pid <em>and</em> its start time, in this boot of the
 * machine. A pid alone never counts: the kernel hands it out again. Runs of other instances are
 * left to their own hosts, so that two who share a directory never touch each other's workers.
 *
 * <p>Blocks: for worker threads.
 */
final class DeadRuns {
  private static final Logger LOG = LoggerFactory.getLogger(DeadRuns.class);

  /** The time for which what does not end is killed again. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * The age at which an unfinished directory is removed; far longer than one takes to be made: this
   * one's host has died over it.
   */
  private static final Duration UNFINISHED_AGE = Duration.ofMinutes(1);

  private final Path runs;
  private final String instance;
  private final ProcessTable table;
  private final OrphanListener listener;
  private final Duration patience;

  /** Hears of each orphan, once when it is found and once when it is gone. */
  interface OrphanListener {
    void found(Orphan orphan);

    void killed(Orphan orphan);
  }

  /**
   * A process that its host has left.
   *
   * @param worker empty if no record names it
   * @param pool empty likewise
   */
  record Orphan(long pid, String worker, String pool, String run) {}

  DeadRuns(Path dataDir, String instance, ProcessTable table, OrphanListener listener) {
    this(dataDir, instance, table, listener, PATIENCE);
  }

  DeadRuns(
      Path dataDir,
      String instance,
      ProcessTable table,
      OrphanListener listener,
      Duration patience) {
    this.runs = RunDirectory.runs(dataDir);
    this.instance = instance;
    this.table = table;
    this.listener = listener;
    this.patience = patience;
  }

  /**
   * Ends what all earlier runs have left. A run that can't be cleared is logged and kept for the
   * next start.
   *
   * @return how many processes have been killed
   */
  int sweep() throws IOException {
    int killed = 0;
    for (Path run : FileTree.children(runs)) {
      try {
        killed += sweep(run);
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("{} can't be cleared and is kept: {}", run, e.toString());
      }
    }
    return killed;
  }

  private int sweep(Path run) throws IOException {
    if (run.getFileName().toString().startsWith(RunDirectory.UNFINISHED)) {
      deleteIfOld(run);
      return 0;
    }
    Path host = run.resolve(RunDirectory.HOST);
    if (!Files.exists(host)) {
      return sweepRemains(run);
    }
    RunIdentity identity = RunIdentity.of(RecordFile.read(host));
    if (!identity.instance().equals(instance) || isAlive(identity)) {
      return 0;
    }
    try (FileChannel claimed = RunDirectory.claim(run)) {
      return claimed == null ? 0 : clear(run, identity);
    }
  }

  /**
   * Removes an unfinished directory if it is old: nothing is started before one has its final name.
   */
  private static void deleteIfOld(Path unfinished) throws IOException {
    Instant made = Files.getLastModifiedTime(unfinished).toInstant();
    if (made.isBefore(Instant.now().minus(UNFINISHED_AGE))) {
      FileTree.delete(unfinished);
    }
  }

  /**
   * Ends what is left of a run whose host died while it removed its directory: at most the lock is
   * left. Whatever holds more is not ours.
   */
  private static int sweepRemains(Path run) throws IOException {
    if (Files.isDirectory(run) && FileTree.children(run).stream().allMatch(RunDirectory::isLock)) {
      try (FileChannel claimed = RunDirectory.claim(run)) {
        if (claimed != null) {
          FileTree.delete(run);
        }
      }
    }
    return 0;
  }

  private boolean isAlive(RunIdentity identity) {
    return inThisBoot(identity) && table.alive(identity.pid(), identity.startTicks());
  }

  private static boolean inThisBoot(RunIdentity identity) {
    return identity.boot().equals(BootId.current());
  }

  private int clear(Path run, RunIdentity identity) throws IOException {
    List<ProcessRecord> records =
        new ProcessRecords(run.resolve(RunDirectory.RECORDS), identity, table).all();
    Sweep.Result result =
        inThisBoot(identity) ? kill(identity, records) : new Sweep.Result(List.of(), List.of());
    if (!result.left().isEmpty()) {
      throw new IOException("killed, but still there: " + result.left());
    }
    RunDirectory.delete(run, identity.sockets());
    LOG.info(
        "cleared run {} of a host (pid {}) that has ended without a stop: {} processes killed",
        identity.run(),
        identity.pid(),
        result.killed().size());
    return result.killed().size();
  }

  private Sweep.Result kill(RunIdentity identity, List<ProcessRecord> records) {
    Map<String, String> marks =
        Map.of(
            KeeperOptions.RUN_MARK, identity.run(),
            KeeperOptions.INSTANCE_MARK, identity.instance());
    Map<Long, ProcessRecord> byPid = new HashMap<>();
    records.stream().filter(ProcessRecord::active).forEach(r -> byPid.put(r.pid(), r));
    List<Entry> recorded =
        byPid.values().stream()
            .flatMap(r -> Stream.ofNullable(table.read(r.pid())).filter(r::names))
            .toList();
    Sweep sweep = new Sweep(table, marks, recorded);
    // Who it was can be told as long as it lives.
    Map<Entry, Orphan> orphans = new LinkedHashMap<>();
    sweep.find().forEach(entry -> orphans.put(entry, orphan(entry, byPid, identity)));
    orphans.values().forEach(listener::found);
    Sweep.Result result = sweep.kill(patience);
    orphans.forEach(
        (entry, orphan) -> {
          if (result.left().stream().noneMatch(entry::same)) {
            listener.killed(orphan);
          }
        });
    return result;
  }

  private Orphan orphan(Entry process, Map<Long, ProcessRecord> byPid, RunIdentity identity) {
    ProcessRecord known = byPid.get(process.pid());
    Map<String, String> environment = table.environment(process.pid());
    String worker =
        known == null ? environment.getOrDefault(KeeperOptions.WORKER_MARK, "") : known.name();
    String pool =
        known == null ? environment.getOrDefault(KeeperOptions.POOL_MARK, "") : known.pool();
    return new Orphan(process.pid(), worker, pool, identity.run());
  }
}
