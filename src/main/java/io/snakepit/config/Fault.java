package io.snakepit.config;

/**
 * A fault in a configuration.
 *
 * @param path of the key, such as {@code pools.ml.size}; empty for the whole
 * @param problem what is wrong and what is allowed, with the value seen
 * @param origin where it was set, such as a file's name or a variable's; may be empty
 */
public record Fault(String path, String problem, String origin) {

  @Override
  public String toString() {
    String head = path.isEmpty() ? problem : path + " " + problem;
    return origin.isEmpty() ? head : head + " (" + origin + ")";
  }
}
