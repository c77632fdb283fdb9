package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionCommandTest {
  @TempDir Path home;

  @Test
  void namesHostProtocolJavaAndPython() throws IOException {
    Files.createDirectories(home.resolve(".venv"));
    Files.writeString(home.resolve(".venv/pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\n");

    CommandRun run = CommandRun.with(Map.of(), "", home, "version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outText().lines())
        .satisfiesExactly(
            host -> assertThat(host).matches("snakepit +\\S+"),
            protocol -> assertThat(protocol).matches("protocol +1"),
            java -> assertThat(java).contains(System.getProperty("java.version")),
            python -> assertThat(python).contains("3.12.1", ".venv"));
  }

  @Test
  void saysThatThereIsNoPythonYet() {
    CommandRun run = CommandRun.with(Map.of(), "", home, "version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outText()).contains("none in " + home.resolve(".venv"));
  }
}
