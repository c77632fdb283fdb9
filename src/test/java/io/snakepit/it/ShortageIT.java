package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.process.Signals;
import io.snakepit.testing.TestAdapters;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A host that may open no more files says which limit that is, and can be stopped. */
@EnabledOnOs(OS.LINUX)
class ShortageIT {
  private static final String LIMIT = "files (RLIMIT_NOFILE";

  @TempDir Path folder;
  private HostProcess host;

  @BeforeEach
  void start() {
    String module = TestAdapters.write(folder, "chaos", TestAdapters.HOSTILE);
    host = HostProcess.start(folder, HostProcess.yaml("adapter: %s, size: 2".formatted(module)));
  }

  @AfterEach
  void end() {
    host.close();
  }

  /** Fails without {@code ShortageFilter}: Netty says it with a stack trace, once a second. */
  @Test
  void aHostThatCanAcceptNobodySaysWhyAndStops() throws Exception {
    URI address = URI.create(host.awaitReady());
    setLimit(firstFree());
    List<Socket> unserved = new ArrayList<>(); // some files may be closed yet: one is not enough
    try {
      await()
          .atMost(Pools.PATIENCE)
          .until(
              () -> {
                unserved.add(new Socket(address.getHost(), address.getPort()));
                return host.err().contains("connections can't be accepted: this host may open no");
              });
      assertThat(host.err()).contains(LIMIT).doesNotContain("NativeIoException", "\tat ");
      host.terminate();
      assertThat(host.awaitEnd()).isIn(0, 143);
    } finally {
      for (Socket each : unserved) {
        each.close();
      }
    }
    host.assertNothingIsLeft();
  }

  /**
   * Fails without the limit in {@code LaunchException}; and without {@code Shortage.requireFiles},
   * since then a descriptor is closed that is not the start's.
   */
  @Test
  void aKeeperThatCannotBeStartedIsToldWithTheLimitAndComesLater() throws Exception {
    host.awaitReady();
    // The files that keeper and workers leave free are nearly as many as another keeper takes.
    setLimit(firstFree() - 4);
    Path input = Files.readSymbolicLink(descriptor(0));
    long keeper = keeper();
    Signals.send(keeper, Signals.KILL);
    host.awaitErr(LIMIT);
    assertThat(Files.readSymbolicLink(descriptor(0))).isEqualTo(input);
    setLimit(4096);
    await()
        .atMost(Pools.PATIENCE)
        .until(() -> host.err().lastIndexOf("pool.ready") > host.err().indexOf(LIMIT));
    host.terminate();
    assertThat(host.awaitEnd()).isIn(0, 143);
    host.assertNothingIsLeft();
  }

  private long keeper() {
    return host.processes().stream()
        .map(ProcessHandle::pid)
        .filter(pid -> read(Path.of("/proc/" + pid + "/comm")).equals("snakepit-keeper\n"))
        .findFirst()
        .orElseThrow();
  }

  private Path descriptor(int number) {
    return Path.of("/proc/" + host.pid() + "/fd/" + number);
  }

  private int firstFree() throws IOException {
    Set<Integer> taken;
    try (Stream<Path> open = Files.list(Path.of("/proc/" + host.pid() + "/fd"))) {
      taken =
          open.map(file -> Integer.valueOf(file.getFileName().toString()))
              .collect(Collectors.toSet());
    }
    return IntStream.iterate(0, n -> n + 1).filter(n -> !taken.contains(n)).findFirst().getAsInt();
  }

  private void setLimit(int files) throws Exception {
    Process set =
        new ProcessBuilder(
                "prlimit", "--pid", String.valueOf(host.pid()), "--nofile=" + files + ":")
            .inheritIO()
            .start();
    assertThat(set.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(set.exitValue()).isZero();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException gone) {
      return "";
    }
  }
}
