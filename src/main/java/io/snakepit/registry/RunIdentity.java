package io.snakepit.registry;

import io.snakepit.process.BootId;
import io.snakepit.process.ProcessTable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The identity of one run of one host.
 *
 * @param instance the host's name, as in the setting {@code instance}
 * @param run unique among all runs
 * @param boot of the machine, empty where it can't be told: no process outlives it
 * @param pid of the host
 * @param startTicks of the host
 * @param sockets where the run's sockets are: its own directory, or another one where the path of
 *     that is too long
 */
record RunIdentity(
    String instance, String run, String boot, long pid, long startTicks, Path sockets) {

  /** Returns the identity of a run of this JVM. */
  static RunIdentity current(String instance, String run, Path sockets) {
    long pid = ProcessHandle.current().pid();
    long startTicks = ProcessTable.system().startTicks(pid);
    return new RunIdentity(instance, run, BootId.current(), pid, startTicks, sockets);
  }

  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("run", run);
    fields.put("instance", instance);
    fields.put("boot", boot);
    fields.put("hostPid", String.valueOf(pid));
    fields.put("hostStartTicks", String.valueOf(startTicks));
    fields.put("sockets", sockets.toString());
    return fields;
  }

  /**
   * Reads what {@link #fields} wrote.
   *
   * @throws IllegalArgumentException if that was somebody else
   */
  static RunIdentity of(Map<String, String> fields) {
    return new RunIdentity(
        RecordFile.needed(fields, "instance"),
        RecordFile.needed(fields, "run"),
        fields.getOrDefault("boot", ""),
        Long.parseLong(fields.getOrDefault("hostPid", "0")),
        Long.parseLong(fields.getOrDefault("hostStartTicks", "0")),
        Path.of(RecordFile.needed(fields, "sockets")));
  }
}
