package io.snakepit.config;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Environment that the processes of pools inherit from the host: all of it but the host's own
 * variables. Those hold keys of callers, one pool's {@code env}, options of the JVM with its
 * passwords, and a secret whose name has a slip of the pen is one all the same; so all that begin
 * with {@code SNAKEPIT_} stay behind, but for a few that are known to be harmless. What a tool
 * needs besides, the pool's {@code env} gives it.
 */
public final class InheritedEnvironment {
  private static final Set<String> HARMLESS = Set.of("SNAKEPIT_URL", "SNAKEPIT_LOG_LEVEL");

  /** The prefix of what only the project's own tests set. */
  private static final String OF_TESTS = Variables.PREFIX + "TEST_";

  private InheritedEnvironment() {}

  /** Returns what may be inherited of an environment. */
  public static Map<String, String> of(Map<String, String> host) {
    return host.entrySet().stream()
        .filter(variable -> mayPass(variable.getKey()))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static boolean mayPass(String name) {
    return !name.startsWith(Variables.PREFIX)
        || name.startsWith(OF_TESTS)
        || HARMLESS.contains(name);
  }
}
