package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.BuiltRepository.Input;
import io.snakepit.cli.LauncherSandbox.Run;
import io.snakepit.cli.LauncherSandbox.Started;
import io.snakepit.testing.Jdks;
import io.snakepit.testing.Jdks.Jdk;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestPython;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command of {@code ./snakepit}, with each kind of standard input, on each JDK that is here.
 * Fails on JDK 17 if {@link Terminal} reads from a bare {@code FileInputStream}, which asks a pipe
 * for its length.
 */
class CommandInputIT {
  @TempDir static Path served;
  private static SnakepitServer server;

  @TempDir Path folder;

  @BeforeAll
  static void serve() {
    JsonObject pool = new JsonObject().put("python", TestPython.executable().toString());
    JsonObject pools = new JsonObject().put("default", pool.put("size", 1));
    server =
        new SnakepitServer(RunningSnakepit.options(served, new JsonObject().put("pools", pools)));
    server.start().join();
  }

  @AfterAll
  static void stop() {
    server.stop(Duration.ofSeconds(60));
  }

  @AfterEach
  void removeLinks() {
    BuiltRepository.removeLinks(folder);
  }

  static Stream<Arguments> everyInput() {
    return Jdks.oldestAndNewest().stream()
        .flatMap(jdk -> Stream.of(Input.values()).map(input -> Arguments.of(input, jdk)));
  }

  private Run run(Jdk jdk, Input input, String text, String... arguments) {
    return new BuiltRepository(folder, jdk).start(input, text, arguments).finish();
  }

  @Test
  void tellsWhichJdksItHasFound(TestReporter reporter) {
    List<Jdk> found = Jdks.oldestAndNewest();
    reporter.publishEntry("JDKs", String.valueOf(found));

    assertThat(found).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("everyInput")
  void execReadsItsArguments(Input input, Jdk jdk) {
    String[] command = {"exec", "add", "-", "--url", server.url()};

    if (input == Input.DEV_NULL) {
      Run run = run(jdk, input, "", command);
      assertThat(run.err()).isNotBlank().doesNotContain("fault of ours");
      assertThat(run.exitCode()).isNotZero();
      return;
    }
    Run run = run(jdk, input, "{\"a\": 5,\n \"b\": 2}\n", command);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("7\n");
    assertThat(run.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("everyInput")
  void execReadsNoInputThatItIsNotToldToRead(Input input, Jdk jdk) {
    Run run = run(jdk, input, "no JSON\n", "exec", "add", "{\"a\": 5}", "--url", server.url());

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("5\n");
  }

  @ParameterizedTest
  @MethodSource("everyInput")
  void execStreamsWhatItReads(Input input, Jdk jdk) {
    Run run =
        run(jdk, input, "{\"n\": 2}\n", "exec", "count", "-", "--stream", "--url", server.url());

    assertThat(run.err()).doesNotContain("fault of ours");
    if (input != Input.DEV_NULL) {
      assertThat(run.out().lines()).hasSize(2);
    }
  }

  @ParameterizedTest
  @MethodSource("everyInput")
  void versionAndHelpLeaveInputAlone(Input input, Jdk jdk) {
    BuiltRepository repository = new BuiltRepository(folder, jdk);

    Run version = repository.start(input, "text\n", "version").finish();
    Run help = repository.start(input, "text\n", "--help").finish();

    assertThat(version.err()).isEmpty();
    assertThat(version.out()).containsPattern("java +" + jdk.major());
    assertThat(help.out()).contains("./snakepit serve");
  }

  @ParameterizedTest
  @MethodSource("everyInput")
  void profileLeavesInputAlone(Input input, Jdk jdk) {
    Run run = run(jdk, input, "text\n", "profile", "--seconds", "1", "--url", server.url());

    assertThat(run.err()).startsWith("watching pool default");
    assertThat(run.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("everyInput")
  void diagnoseLeavesInputAlone(Input input, Jdk jdk) {
    Run run = run(jdk, input, "text\n", "diagnose", "scaling", "--max", "1", "--json");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(new JsonObject(run.out()).isEmpty()).isFalse();
  }

  /** A server whose input ends, or is a terminal, serves on; its workers read none of it. */
  @ParameterizedTest
  @MethodSource("everyInput")
  void serveLeavesInputAlone(Input input, Jdk jdk) {
    BuiltRepository repository = new BuiltRepository(folder, jdk);
    Started serving = repository.start(input, "text\n", "serve", "--port", "0", "--pool-size", "1");
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .failFast("it ended", () -> assertThat(serving.process().isAlive()).isTrue())
          .until(serving::out, out -> out.startsWith("ready  "));
    } finally {
      serving.process().destroy();
    }
    assertThat(serving.finish().exitCode()).isIn(0, 143);
  }
}
