package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A key of the configuration.
 *
 * @param path dotted; {@code *} stands for a pool's name
 * @param standard its value where none is set
 * @param inForce whether anything follows it yet
 */
record Key(String path, KeyType type, JsonNode standard, boolean inForce) {

  /** The place between a small letter, or a digit, and a capital. */
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  /** Endings of the names of keys whose values nobody else may see. */
  private static final Pattern SECRET =
      Pattern.compile("(.*\\.|.*[a-z](?=[A-Z]))(?i:apiKeys?|key|tokens?|secrets?|passwords?)");

  /** Returns whether its value is to be shown to nobody, not even in a message about it. */
  boolean isSecret() {
    return SECRET.matcher(path).matches();
  }

  /** Returns whether each pool has this key. */
  boolean isOfPool() {
    return path.startsWith("pools.*.");
  }

  /** Returns the key's path for a pool. */
  String pathFor(String pool) {
    return path.replace("*", pool);
  }

  /**
   * Returns the name of the variable that sets the key of a path: each dot, hump and hyphen becomes
   * an underscore.
   */
  static String variable(String path) {
    String words = HUMP.matcher(path).replaceAll("_").replace('.', '_').replace('-', '_');
    return "SNAKEPIT_" + words.toUpperCase(Locale.ROOT);
  }
}
