package io.snakepit.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes of this machine, read from {@code /proc}; where there is none, from {@link
 * ProcessHandle}, which knows neither groups nor environments. Processes come and go while it is
 * read: one that has vanished is simply not there, never an error.
 *
 * <p>Reads files, some 20 µs a process: for worker threads. Immutable.
 */
public final class ProcessTable {
  private static final ProcessTable SYSTEM = new ProcessTable(Path.of("/proc"));

  /**
   * A process at one moment. A pid alone does not name a process, for the kernel hands it out
   * again; pid and start time do.
   *
   * @param group 0 where unknown, as is the session
   * @param state as {@code ps} shows it: {@code R}, {@code S}, {@code D}, {@code T}, {@code Z}, …
   * @param startTicks start time in clock ticks since boot; without {@code /proc}, ms since 1970
   */
  public record Entry(
      long pid, long parent, long group, long session, char state, long startTicks) {

    /** Returns whether the process has ended, and waits for its parent to take note. */
    public boolean zombie() {
      return state == 'Z' || state == 'X';
    }

    /** Returns whether both are the same process, whatever it is doing. */
    public boolean same(Entry other) {
      return pid == other.pid && startTicks == other.startTicks;
    }
  }

  private final Path proc;

  ProcessTable(Path proc) {
    this.proc = proc;
  }

  /** Returns the table of the running system. */
  public static ProcessTable system() {
    return SYSTEM;
  }

  /** Returns the process of that pid, zombies included; null if there is none. */
  public @Nullable Entry read(long pid) {
    if (!present()) {
      return ProcessHandle.of(pid).map(ProcessTable::entry).orElse(null);
    }
    return parse(contents(proc.resolve(pid + "/stat")));
  }

  /** Returns the start time of the process of that pid; 0 if there is none, or it can't be read. */
  public long startTicks(long pid) {
    Entry entry = read(pid);
    return entry == null ? 0 : entry.startTicks();
  }

  /** Returns whether exactly that process is still there; a zombie is not. */
  public boolean alive(long pid, long startTicks) {
    Entry entry = read(pid);
    return entry != null && entry.startTicks() == startTicks && !entry.zombie();
  }

  /** Returns all processes. Not one moment's truth: the table moves while it is read. */
  public List<Entry> all() {
    if (!present()) {
      return ProcessHandle.allProcesses().map(ProcessTable::entry).toList();
    }
    List<Entry> found = new ArrayList<>();
    for (long pid : pids()) {
      Entry entry = read(pid);
      if (entry != null) {
        found.add(entry);
      }
    }
    return found;
  }

  /**
   * Returns the environment that a process was given by its last {@code exec}; empty if it can't be
   * read.
   */
  public Map<String, String> environment(long pid) {
    Map<String, String> found = new HashMap<>();
    for (String entry : environ(pid).split("\0", -1)) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        found.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return found;
  }

  /**
   * Returns the processes whose environment holds all these variables with these values; not this
   * JVM, and no zombies, which show no environment. Empty without {@code /proc}.
   */
  public List<Entry> bearing(Map<String, String> marks) {
    long self = ProcessHandle.current().pid();
    List<Entry> found = new ArrayList<>();
    for (long pid : pids()) {
      Entry before = pid == self ? null : read(pid);
      if (before != null && !before.zombie() && holds(environ(pid), marks)) {
        found.add(before);
      }
    }
    return found;
  }

  /**
   * Returns what is left of something that bore these marks: the processes that bear them, and
   * zombies whose parent is one of those or this JVM. Zombies of others only wait for their parent,
   * and count as gone.
   */
  public List<Entry> left(Map<String, String> marks) {
    List<Entry> found = new ArrayList<>(bearing(marks));
    List<Long> parents = new ArrayList<>(found.stream().map(Entry::pid).toList());
    parents.add(ProcessHandle.current().pid());
    all().stream()
        .filter(entry -> entry.zombie() && parents.contains(entry.parent()))
        .forEach(found::add);
    return found;
  }

  /**
   * Reads a line of {@code /proc/PID/stat}. The second field is the command's name in parentheses,
   * which may itself hold spaces and parentheses: only the last closing one ends it.
   */
  static @Nullable Entry parse(byte[] stat) {
    String text = new String(stat, StandardCharsets.ISO_8859_1);
    int open = text.indexOf(" (");
    int close = text.lastIndexOf(") ");
    if (open <= 0 || close < open) {
      return null;
    }
    String[] fields = text.substring(close + 2).trim().split(" ", -1);
    if (fields.length < 20) {
      return null;
    }
    return new Entry(
        Long.parseLong(text.substring(0, open)),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Long.parseLong(fields[3]),
        fields[0].charAt(0),
        Long.parseLong(fields[19]));
  }

  private static boolean holds(String environ, Map<String, String> marks) {
    if (environ.isEmpty()) {
      return false;
    }
    List<String> entries = Arrays.asList(environ.split("\0", -1));
    return marks.entrySet().stream()
        .allMatch(mark -> entries.contains(mark.getKey() + "=" + mark.getValue()));
  }

  private boolean present() {
    return Files.isDirectory(proc.resolve("self"));
  }

  private List<Long> pids() {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      entries.forEach(entry -> found.add(Long.parseLong(entry.getFileName().toString())));
    } catch (IOException absent) {
      return List.of();
    }
    return found;
  }

  private String environ(long pid) {
    return new String(contents(proc.resolve(pid + "/environ")), StandardCharsets.UTF_8);
  }

  private static byte[] contents(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException vanished) {
      return new byte[0];
    }
  }

  private static Entry entry(ProcessHandle process) {
    return new Entry(
        process.pid(),
        process.parent().map(ProcessHandle::pid).orElse(0L),
        0,
        0,
        process.isAlive() ? 'S' : 'Z',
        process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L));
  }
}
