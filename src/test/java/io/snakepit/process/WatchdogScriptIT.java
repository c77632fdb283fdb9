package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** P12: the script by itself, with a sleeper in the host's place and others in the workers'. */
class WatchdogScriptIT {
  private static final Path SCRIPT =
      Path.of("src/main/resources/snakepit/watchdog.sh").toAbsolutePath();
  private static final long GRACE_MS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String run = "run-" + UUID.randomUUID();
  private final List<Process> started = new ArrayList<>();
  private final ProcessTable table = ProcessTable.system();

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
    Sweep.kill(table, Map.of("SNAKEPIT_RUN", run), PATIENCE);
  }

  private Process start(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    started.add(process);
    return process;
  }

  private Process host() throws IOException {
    return start(Map.of(), "sleep", "600");
  }

  private Map<String, String> marks(String pool) {
    return Map.of("SNAKEPIT_RUN", run, "SNAKEPIT_INSTANCE", "tested", "SNAKEPIT_POOL", pool);
  }

  private Process watch(String shell, Process host, long startTicks) throws IOException {
    return start(
        Map.of("SNAKEPIT_RUN", run, "SNAKEPIT_INSTANCE", "tested"),
        shell,
        SCRIPT.toString(),
        String.valueOf(host.pid()),
        String.valueOf(startTicks),
        run,
        "tested",
        "main",
        "100",
        String.valueOf(GRACE_MS));
  }

  private long ticks(Process process) {
    return table.read(process.pid()).startTicks();
  }

  private static boolean ends(Process process) throws InterruptedException {
    return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Returns all shells that this machine has. */
  static Stream<String> shells() {
    return Stream.of("/bin/sh", "/bin/dash", "/bin/bash", "/bin/ash")
        .filter(shell -> Files.isExecutable(Path.of(shell)));
  }

  /** Fails if the script sends only SIGTERM, or does not look at the pool's mark. */
  @ParameterizedTest
  @MethodSource("shells")
  void endsWhatAPoolHasLeftOnceItsHostIsGone(String shell) throws Exception {
    Process host = host();
    Process obedient = start(marks("main"), "sleep", "600");
    Process deaf = start(marks("main"), "sh", "-c", "trap '' TERM; while :; do sleep 1; done");
    Process detached = start(marks("main"), "setsid", "sleep", "600");
    Process ofAnotherPool = start(marks("other"), "sleep", "600");
    Process plain = start(Map.of(), "sleep", "600");
    Process watchdog = watch(shell, host, ticks(host));

    host.destroyForcibly();
    ends(host);
    long gone = System.nanoTime();
    assertThat(ends(obedient) && ends(deaf) && ends(detached)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - gone))
        .isGreaterThan(Duration.ofMillis(GRACE_MS));
    assertThat(ends(watchdog)).as("it ends itself").isTrue();
    assertThat(watchdog.exitValue()).isZero();
    assertThat(ofAnotherPool.isAlive() && plain.isAlive()).isTrue();
  }

  @Test
  void doesNothingWhileTheHostLives() throws Exception {
    Process host = host();
    Process worker = start(marks("main"), "sleep", "600");
    Process watchdog = watch("/bin/sh", host, ticks(host));
    await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> worker.isAlive());
    assertThat(watchdog.isAlive()).isTrue();
    watchdog.destroy();
    assertThat(ends(watchdog)).isTrue();
    assertThat(worker.isAlive()).as("its own end is no reason").isTrue();
    await().atMost(PATIENCE).until(() -> table.bearing(Map.of("SNAKEPIT_RUN", run)).size() == 1);
  }

  /** Fails if a pid alone is taken for the host. */
  @Test
  void aHostWhosePidIsAnothersByNowIsGone() throws Exception {
    Process other = host();
    Process worker = start(marks("main"), "sleep", "600");
    watch("/bin/sh", other, ticks(other) - 1);
    assertThat(ends(worker)).isTrue();
    assertThat(other.isAlive()).isTrue();
  }

  @Test
  void takesLittleMemory() throws Exception {
    Process host = host();
    Process watchdog = watch("/bin/sh", host, ticks(host));
    Path rollup = Path.of("/proc/" + watchdog.pid() + "/smaps_rollup");
    await()
        .during(Duration.ofMillis(500))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(privateKibibytes(rollup)).isBetween(1L, 1_023L));
  }

  private static long privateKibibytes(Path rollup) throws IOException {
    return Files.readAllLines(rollup).stream()
        .filter(line -> line.startsWith("Private_"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
