package io.snakepit.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.snakepit.config.OptionsLoader.Loaded;
import java.util.List;
import java.util.Map;

/** Loads a configuration as somebody may have typed it. */
final class Typed {
  private Typed() {}

  static OptionsLoader yaml(String text) {
    return new OptionsLoader().yaml("my.yaml", text);
  }

  static SnakepitOptions options(String yaml) {
    return yaml(yaml).load().options();
  }

  static PoolOptions pool(String name, String yaml) {
    PoolOptions pool = options(yaml).pools().get(name);
    if (pool == null) {
      throw new AssertionError("there is no pool " + name);
    }
    return pool;
  }

  static Loaded with(Map<String, String> variables) {
    return new OptionsLoader().environment(variables).load();
  }

  static List<String> faults(String yaml) {
    return faults(yaml(yaml));
  }

  static List<String> faults(OptionsLoader loader) {
    InvalidOptionsException refused =
        catchThrowableOfType(InvalidOptionsException.class, loader::load);
    if (refused == null) {
      throw new AssertionError("nothing was found wrong");
    }
    return refused.faults().stream().map(Fault::toString).toList();
  }
}
