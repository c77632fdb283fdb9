package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.HostTools;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.testing.OtherUsers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLayoutTest {
  @TempDir Path folder;

  /** T6. */
  @Test
  void refusesWindowsAndNamesTheWayOut() {
    assertThatThrownBy(() -> RunLayout.refuseWindows("Windows 11"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("WSL2");
  }

  @Test
  void runsOnLinuxAndMacOs() {
    assertThatNoException().isThrownBy(() -> RunLayout.refuseWindows("Linux"));
    assertThatNoException().isThrownBy(() -> RunLayout.refuseWindows("Mac OS X"));
  }

  private SnakepitOptions options(Path dataDir) {
    return SnakepitOptions.fromJson(new JsonObject().put("dataDir", dataDir.toString()));
  }

  private static void open(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /** Fails for each of these without {@code PrivateDirectory}'s look at it. */
  @ParameterizedTest
  @ValueSource(strings = {"data", "data/lib", "data/run"})
  void refusesADirectoryOfOursThatOthersMayWrite(String place) throws IOException {
    open(folder.resolve(place));

    assertThatThrownBy(() -> RunLayout.prepare(options(folder.resolve("data"))))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("dataDir can't be used: " + folder.resolve(place).toRealPath())
        .hasMessageContaining("chmod -R go-w ");
    assertThat(folder.resolve("data/run"))
        .satisfiesAnyOf(
            runs -> assertThat(runs).doesNotExist(), runs -> assertThat(runs).isEmptyDirectory());
  }

  @Test
  void refusesADataDirOfSomeoneElses() throws IOException {
    Path foreign = OtherUsers.directory(Files.createDirectory(folder.resolve("data")));

    assertThatThrownBy(() -> RunLayout.prepare(options(foreign)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("dataDir can't be used", "belongs to user", "chown -R");
  }

  /** The limit counts bytes, of which such a letter has three. */
  @Test
  void socketsOfALongPathAreElsewhere() throws IOException {
    Path data = folder.resolve("\u732b".repeat(12));

    RunLayout layout = RunLayout.prepare(options(data));
    try (Stream<Path> runs = Files.list(data.resolve("run"))) {
      Path host = runs.findFirst().orElseThrow().resolve("host");
      String sockets =
          Files.readAllLines(host).stream()
              .filter(line -> line.startsWith("sockets="))
              .findFirst()
              .orElseThrow();
      assertThat(sockets).contains("/snakepit-").doesNotContain("\u732b");
    } finally {
      layout.remove();
    }
  }

  @Test
  void socketsAreWhereOthersCanNotReplaceThem() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    Path shared = folder.resolve("shared");
    open(shared);

    assertThat(RunLayout.socketBase(own.toString(), shared)).isEqualTo(own);
    assertThat(RunLayout.socketBase(shared.toString(), own)).isEqualTo(own);
    assertThat(RunLayout.socketBase(null, own)).isEqualTo(own);
    assertThatThrownBy(() -> RunLayout.socketBase(null, shared))
        .hasMessageContaining("chmod +t " + shared);
  }

  /** Python chooses UTF-8 by itself in the locale C, and not in one of ISO-8859-1. */
  @Test
  void workersRunInUtf8UnlessTheirPoolSaysOtherwise() throws IOException {
    JsonObject pools =
        new JsonObject()
            .put("plain", new JsonObject())
            .put("own", new JsonObject().put("env", new JsonObject().put("PYTHONUTF8", "0")));
    SnakepitOptions options =
        SnakepitOptions.fromJson(
            new JsonObject().put("dataDir", folder.resolve("data").toString()).put("pools", pools));
    RunLayout layout = RunLayout.prepare(options);
    try {
      assertThat(environment(layout, options, "plain")).containsEntry("PYTHONUTF8", "1");
      assertThat(environment(layout, options, "own")).containsEntry("PYTHONUTF8", "0");
    } finally {
      layout.remove();
    }
  }

  private static Map<String, String> environment(
      RunLayout layout, SnakepitOptions options, String pool) {
    return layout.nursery(pool, options.pools().get(pool), options, new HostTools()).environment();
  }
}
