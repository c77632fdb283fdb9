package io.snakepit.testing;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The JDKs of this machine that Snakepit runs on: the one of these tests, and the newest. */
public final class Jdks {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/lib/jvm"), Path.of("/Library/Java/JavaVirtualMachines"));

  private Jdks() {}

  /** A JDK; shown as its version and place. */
  public record Jdk(int major, Path home) {
    @Override
    public String toString() {
      return "JDK " + major + " in " + home;
    }
  }

  /** Returns the JDK that runs this, and the newest one of the machine if that is another. */
  public static List<Jdk> oldestAndNewest() {
    Jdk own = new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    TreeSet<Jdk> all = installed().collect(toCollection(() -> new TreeSet<>(byMajor())));
    List<Jdk> found = new ArrayList<>(List.of(own));
    if (!all.isEmpty() && all.last().major() > own.major()) {
      found.add(all.last());
    }
    return found;
  }

  private static Comparator<Jdk> byMajor() {
    return Comparator.comparingInt(Jdk::major).thenComparing(Jdk::home);
  }

  private static Stream<Jdk> installed() {
    return PLACES.stream()
        .flatMap(Jdks::folders)
        .flatMap(each -> Stream.of(each, each.resolve("Contents/Home")))
        .filter(home -> Files.isExecutable(home.resolve("bin/java")))
        .map(home -> new Jdk(major(home), home))
        .filter(jdk -> jdk.major() >= 17);
  }

  private static Stream<Path> folders(Path place) {
    try (Stream<Path> folders = Files.list(place)) {
      return folders.toList().stream();
    } catch (IOException none) {
      return Stream.empty();
    }
  }

  /** Returns the first number of the version in the JDK's own record; 0 without one. */
  private static int major(Path home) {
    Path record = home.resolve("release");
    if (!Files.isRegularFile(record)) {
      return 0;
    }
    Properties properties = new Properties();
    try (var text = Files.newBufferedReader(record)) {
      properties.load(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    String first = version.replaceAll("\\D.*", "");
    return first.isEmpty() ? 0 : Integer.parseInt(first);
  }
}
