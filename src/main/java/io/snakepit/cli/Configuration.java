package io.snakepit.cli;

import io.snakepit.config.InvalidOptionsException;
import io.snakepit.config.OptionsLoader;
import io.snakepit.config.SnakepitOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configuration of a command that runs pools itself: file, variables, flags. */
final class Configuration {
  private static final String DEFAULT_FILE = "conf/snakepit.yaml";

  private record Flag(String value, String origin) {}

  private final Terminal terminal;
  private final @Nullable Path file;
  private final Map<String, Flag> flags = new LinkedHashMap<>();

  /**
   * @param file null: the one beside the launcher, if it is there
   */
  Configuration(Terminal terminal, @Nullable Path file) {
    this.terminal = terminal;
    this.file = file;
  }

  /** Takes a flag's value for a key, unless it was not given. */
  Configuration flag(String key, @Nullable String value, String origin) {
    if (value != null) {
      flags.put(key, new Flag(value, origin));
    }
    return this;
  }

  /** Reads the configuration, and warns on standard error of what is ignored. */
  SnakepitOptions load() {
    OptionsLoader.Loaded loaded = read();
    loaded.warnings().forEach(warning -> terminal.err().println("warning: " + warning));
    return loaded.options();
  }

  /** Reads the configuration without a warning: for further readings of the same. */
  SnakepitOptions loadSilently() {
    return read().options();
  }

  private OptionsLoader.Loaded read() {
    try {
      return loader().load();
    } catch (InvalidOptionsException invalid) {
      throw CommandFailure.usage(
          "the configuration can't be used:\n" + String.valueOf(invalid.getMessage()));
    } catch (IOException unreadable) {
      throw CommandFailure.usage("--config: " + unreadable.getMessage());
    }
  }

  private OptionsLoader loader() throws IOException {
    OptionsLoader loader = new OptionsLoader().environment(terminal.environment());
    Path path = file == null ? terminal.home().resolve(DEFAULT_FILE) : file;
    if (file != null || Files.exists(path)) {
      loader.file(path);
    }
    Path interpreter = terminal.home().resolve(".venv/bin/python");
    if (Files.isExecutable(interpreter)) {
      loader.interpreter(interpreter);
    }
    flags.forEach((key, flag) -> loader.flag(key, flag.value(), flag.origin()));
    return loader;
  }
}
