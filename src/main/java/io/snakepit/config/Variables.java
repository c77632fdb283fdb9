package io.snakepit.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The layer of environment variables: {@code SNAKEPIT_HTTP_PORT} is {@code http.port}. */
final class Variables {
  static final String PREFIX = "SNAKEPIT_";

  /** Variables of ours that are no keys: for the command line, or marks that a process inherits. */
  private static final Set<String> NO_KEYS =
      Set.of(
          "SNAKEPIT_URL",
          "SNAKEPIT_KEY",
          "SNAKEPIT_RUN",
          "SNAKEPIT_POOL",
          "SNAKEPIT_WORKER",
          "SNAKEPIT_JAVA_OPTS",
          "SNAKEPIT_LOG_LEVEL");

  /** Values that Kubernetes gives to {@code SERVICE_PORT}, for each service of the namespace. */
  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://\\S*");

  /** The other variables of a service. */
  private static final Pattern SERVICE_NAME =
      Pattern.compile(
          PREFIX + "(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

  private Variables() {}

  /** Lays variables over a configuration, and warns of those of ours that name no key. */
  static void lay(Map<String, String> environment, OptionsTree tree, List<String> warnings) {
    Map<String, String> paths = paths(tree.pools());
    List<String> ofServices = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach(
            (variable, value) -> {
              String path = paths.get(variable);
              if (isOfService(variable, value, path == null)) {
                ofServices.add(variable);
              } else if (path != null) {
                tree.set(path, value, "from " + variable);
              } else if (variable.startsWith(PREFIX) && !NO_KEYS.contains(variable)) {
                warnings.add(unknown(variable, paths.keySet()));
              }
            });
    if (!ofServices.isEmpty()) {
      warnings.add(ofService(ofServices));
    }
  }

  private static boolean isOfService(String variable, String value, boolean namesNoKey) {
    return variable.startsWith(PREFIX)
        && (SERVICE_ADDRESS.matcher(value).matches()
            || (namesNoKey && SERVICE_NAME.matcher(variable).matches()));
  }

  private static String ofService(List<String> variables) {
    return String.join(", ", variables)
        + (variables.size() == 1 ? " is" : " are")
        + " ignored: Kubernetes makes such variables for a service of that name;"
        + " enableServiceLinks: false in the pod's spec keeps them out";
  }

  private static Map<String, String> paths(List<String> pools) {
    Map<String, String> paths = new TreeMap<>();
    for (Key key : Keys.BY_PATH.values()) {
      if (key.isOfPool()) {
        pools.forEach(pool -> paths.put(Key.variable(key.pathFor(pool)), key.pathFor(pool)));
      } else {
        paths.put(Key.variable(key.path()), key.path());
      }
    }
    return paths;
  }

  private static String unknown(String variable, Set<String> known) {
    List<String> words = known.stream().map(each -> each.substring(PREFIX.length())).toList();
    return NearestWord.to(variable.substring(PREFIX.length()), words)
        .map(near -> ": did you mean " + PREFIX + near + "?")
        .map(question -> variable + " names no key and is ignored" + question)
        .orElse(variable + " names no key and is ignored");
  }
}
