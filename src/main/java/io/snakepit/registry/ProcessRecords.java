package io.snakepit.registry;

import io.snakepit.bus.RecordKind;
import io.snakepit.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of one run's processes: reserve → activate → release, each a file that is written,
 * replaced, removed. The files are the truth: one who opens the directory anew goes on where
 * another has stopped.
 *
 * <p>Blocks; for one thread at a time.
 */
final class ProcessRecords {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessRecords.class);

  private final Path directory;
  private final RunIdentity run;
  private final ProcessTable table;

  ProcessRecords(Path directory, RunIdentity run, ProcessTable table) {
    this.directory = directory;
    this.run = run;
    this.table = table;
  }

  /** Writes down that a process of that name is about to be made. */
  void reserve(String name, RecordKind kind, String pool, Instant at) throws IOException {
    write(ProcessRecord.reserved(name, kind, pool, at));
  }

  /**
   * Writes down that the process has been made; one that is not reserved, or has been released
   * meanwhile, is passed over.
   *
   * @param startTicks 0 if the one who made it can't tell: then the process table does
   */
  void activate(String name, long pid, long startTicks) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return;
    }
    long ticks = startTicks == 0 ? table.startTicks(pid) : startTicks;
    write(ProcessRecord.of(RecordFile.read(file)).activated(pid, ticks));
  }

  /** Removes the record of a process that is gone, with all that it had made. */
  void release(String name) throws IOException {
    Files.deleteIfExists(directory.resolve(name));
  }

  /** Returns all that is remembered; a file that makes no sense is logged and passed over. */
  List<ProcessRecord> all() throws IOException {
    List<ProcessRecord> found = new ArrayList<>();
    for (Path file : FileTree.children(directory)) {
      try {
        found.add(ProcessRecord.of(RecordFile.read(file)));
      } catch (IOException | IllegalArgumentException e) {
        LOG.warn("{} is no record of a process: {}", file, e.getMessage());
      }
    }
    return found;
  }

  private void write(ProcessRecord written) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>(written.fields());
    fields.put("run", run.run());
    fields.put("instance", run.instance());
    fields.put("boot", run.boot());
    fields.put("sockets", run.sockets().toString());
    RecordFile.write(directory.resolve(written.name()), fields);
  }
}
