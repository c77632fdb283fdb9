package io.snakepit.registry;

import io.snakepit.bus.RecordKind;
import io.snakepit.process.ProcessTable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The record of one process: before it exists ({@code reserved}) who it will be, then ({@code
 * active}) also which process that is. Immutable.
 *
 * @param name of the record and of its file: a worker's id, or {@code pool.keeper}
 * @param pid 0 while it is only reserved; group and session of a worker have the same number
 * @param startTicks clock ticks since boot, which with the pid names the process; 0 where unknown
 * @param at when it was reserved
 */
public record ProcessRecord(
    String name, RecordKind kind, String pool, long pid, long startTicks, Instant at) {

  private static final String RESERVED = "reserved";
  private static final String ACTIVE = "active";

  /** Makes the record of a process that does not exist yet. */
  static ProcessRecord reserved(String name, RecordKind kind, String pool, Instant at) {
    return new ProcessRecord(name, kind, pool, 0, 0, at);
  }

  /** Returns the same record, now that the process exists. */
  ProcessRecord activated(long processId, long ticks) {
    return new ProcessRecord(name, kind, pool, processId, ticks, at);
  }

  /** Returns whether the process is known. */
  public boolean active() {
    return pid > 0;
  }

  /**
   * Returns whether the record names exactly that process, and it has not ended. A record that does
   * not know the start time names none: a pid is handed out again.
   */
  boolean names(ProcessTable.Entry process) {
    return startTicks != 0
        && pid == process.pid()
        && startTicks == process.startTicks()
        && !process.zombie();
  }

  /** Returns {@code reserved} or {@code active}. */
  public String state() {
    return active() ? ACTIVE : RESERVED;
  }

  /** Returns the lines of the record's file, to which the run's own are added. */
  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("state", state());
    fields.put("name", name);
    fields.put("kind", kind.word());
    fields.put("pool", pool);
    fields.put("pid", String.valueOf(pid));
    fields.put("group", String.valueOf(pid));
    fields.put("startTicks", String.valueOf(startTicks));
    fields.put("at", at.toString());
    return fields;
  }

  /**
   * Reads what {@link #fields} wrote.
   *
   * @throws IllegalArgumentException if that was somebody else
   */
  static ProcessRecord of(Map<String, String> fields) {
    try {
      return new ProcessRecord(
          RecordFile.needed(fields, "name"),
          RecordKind.named(RecordFile.needed(fields, "kind")),
          RecordFile.needed(fields, "pool"),
          Long.parseLong(RecordFile.needed(fields, "pid")),
          Long.parseLong(RecordFile.needed(fields, "startTicks")),
          Instant.parse(RecordFile.needed(fields, "at")));
    } catch (java.time.format.DateTimeParseException e) {
      throw new IllegalArgumentException("a record with a broken time: " + e.getMessage(), e);
    }
  }
}
