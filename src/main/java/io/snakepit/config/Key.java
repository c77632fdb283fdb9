package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A key of the configuration.
 *
 * @param path dotted; {@code *} stands for a pool's name
 * @param standard its value where none is set
 * @param inForce whether anything follows it yet
 */
record Key(String path, KeyType type, JsonNode standard, boolean inForce) {

  /** Whether each pool has this key. */
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
    String words =
        path.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').replace('-', '_');
    return "SNAKEPIT_" + words.toUpperCase(java.util.Locale.ROOT);
  }
}
