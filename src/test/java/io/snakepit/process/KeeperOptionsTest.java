package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeeperOptionsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("SNAKEPIT_RUN", "r1", "SNAKEPIT_POOL", "main", "PASSWORD", "secret");

  @Test
  void hasDefaultsAndHidesTheEnvironment() {
    KeeperOptions options = options("/run/k.sock", ENVIRONMENT);

    assertThat(options.timeouts().start()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.timeouts().stop()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.marks()).isEqualTo(Map.of("SNAKEPIT_RUN", "r1", "SNAKEPIT_POOL", "main"));
    assertThat(options)
        .hasToString(
            "KeeperOptions[pool=main interpreter=/bin/python library=/lib socket=/run/k.sock]");
  }

  @Test
  void marksMustBeThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options("/run/k.sock", Map.of("SNAKEPIT_RUN", "r1")))
        .withMessage("the keeper's environment must hold SNAKEPIT_POOL");
  }

  @Test
  void socketMustFit() {
    String path = "/run/" + "x".repeat(96);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(path, ENVIRONMENT))
        .withMessage("the keeper's socket must have at most 100 bytes: got 101 in " + path);
  }

  private static KeeperOptions options(String socket, Map<String, String> environment) {
    return new KeeperOptions(
        Path.of("/bin/python"),
        Path.of("/lib"),
        Path.of(socket),
        Path.of("/"),
        environment,
        new KeeperOptions.Workers(
            "main",
            StartMethod.SPAWN,
            new KeeperOptions.Code("app", List.of(), List.of()),
            Path.of("/run/w"),
            "error"),
        new JdkProcessLauncher());
  }
}
