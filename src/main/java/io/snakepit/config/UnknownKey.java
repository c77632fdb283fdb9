package io.snakepit.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Fault of a key that does not exist, with the one that was probably meant. */
final class UnknownKey {
  private UnknownKey() {}

  /**
   * Returns what is wrong with a key that isn't known.
   *
   * @param path as typed
   * @param section where it stands, with {@code *} for a pool's name
   * @param name its last part
   */
  static String problem(String path, String section, String name) {
    if (Keys.BY_PATH.containsKey(Keys.below(section, name))) {
      return "is one name with dots: nest it, as in " + nested(name);
    }
    String prefix = path.substring(0, path.length() - name.length());
    Set<String> siblings = siblings(section);
    Optional<String> near = NearestWord.to(name, siblings).map(word -> prefix + word);
    return near.or(() -> elsewhere(path, name))
        .map(meant -> "is an unknown key: did you mean " + meant + "?")
        .orElse("is an unknown key: the keys here are " + String.join(", ", siblings));
  }

  private static String nested(String name) {
    return name.replace(".", ": {")
        + ": …"
        + "}".repeat((int) name.chars().filter(c -> c == '.').count());
  }

  /**
   * Returns the keys of a name in other sections; of a pool, in the one where the key was typed.
   */
  private static Optional<String> elsewhere(String path, String name) {
    String pool = path.startsWith("pools.") ? path.split("\\.", -1)[1] : "default";
    List<String> found =
        Keys.BY_PATH.values().stream()
            .filter(key -> key.path().endsWith("." + name))
            .map(key -> key.pathFor(pool))
            .toList();
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", found));
  }

  /** Returns the names that are known in a section. */
  private static Set<String> siblings(String section) {
    String prefix = section.isEmpty() ? "" : section + ".";
    return Keys.BY_PATH.keySet().stream()
        .filter(path -> path.startsWith(prefix))
        .map(path -> path.substring(prefix.length()).split("\\.", -1)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
