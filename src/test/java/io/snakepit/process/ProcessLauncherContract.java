package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.process.OutputLine.Source;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The promises that every launcher must keep. */
abstract class ProcessLauncherContract {
  private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

  @TempDir Path directory;

  private final Lines lines = new Lines();
  private final List<ProcessLauncher.Child> children = new ArrayList<>();
  private final List<ProcessTable.Entry> strays = new ArrayList<>();

  abstract ProcessLauncher launcher();

  @AfterEach
  void leaveNothing() {
    children.forEach(ProcessLauncher.Child::kill);
    strays.forEach(stray -> Signals.send(ProcessTable.system(), stray, Signals.KILL));
  }

  @Test
  void whatIsWrittenReachesTheChildAndItsEndIsSeen() throws Exception {
    ProcessLauncher.Child child = launch("cat");

    child.writeStdin("one\ntwo".getBytes(StandardCharsets.UTF_8));
    child.closeStdin();

    assertThat(exit(child)).isEqualTo(new Exit.Status(0));
    assertThat(lines.of(Source.STDOUT)).containsExactly("one", "two");
  }

  @Test
  void commandMustNameAProgram() {
    assertThatThrownBy(() -> new ProcessLauncher.Order(List.of(), PATH, directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a command must name a program: got none");
  }

  @Test
  void moreThanPipeHoldsPassesThrough() throws Exception {
    ProcessLauncher.Child child = launch("wc", "-c");

    child.writeStdin(new byte[1_000_000]);
    child.closeStdin();

    assertThat(exit(child)).isEqualTo(new Exit.Status(0));
    assertThat(lines.first().trim()).isEqualTo("1000000");
  }

  @Test
  void tellsOutputFromErrors() throws Exception {
    ProcessLauncher.Child child = shell("echo out; echo err >&2; printf unfinished");

    assertThat(exit(child)).isEqualTo(new Exit.Status(0));
    assertThat(lines.of(Source.STDOUT)).containsExactly("out", "unfinished");
    assertThat(lines.of(Source.STDERR)).containsExactly("err");
  }

  @RepeatedTest(20)
  void tellsTheExitStatusHoweverTheRaceForItEnds() throws Exception {
    assertThat(exit(shell("exit 70"))).isEqualTo(new Exit.Status(70));
  }

  @Test
  void tellsDeathBySignalAsFarAsItCan() throws Exception {
    assertThat(exit(shell("kill -9 $$"))).isIn(new Exit.Signal(9), new Exit.StatusOrSignal(9));
  }

  @Test
  void killEndsTheChildAndMayComeTooLate() throws Exception {
    ProcessLauncher.Child child = launch("sleep", "60");

    child.kill();

    assertThat(exit(child)).isIn(new Exit.Signal(9), new Exit.StatusOrSignal(9));
    child.kill();
    assertThat(ProcessTable.system().read(child.pid())).isNull();
  }

  @Test
  void noticesTheEndWhileGrandchildHoldsTheOutput() throws Exception {
    ProcessLauncher.Child child = shell("sleep 60 & echo $!; exit 3");
    long grandchild = Long.parseLong(lines.first());
    ProcessTable.Entry stray = ProcessTable.system().read(grandchild);
    assertThat(stray).isNotNull();
    strays.add(stray);

    assertThat(child.exit().toCompletableFuture().get(10, TimeUnit.SECONDS))
        .isEqualTo(new Exit.Status(3));
    assertThat(ProcessTable.system().read(child.pid())).isNull();
    assertThat(ProcessTable.system().alive(grandchild, stray.startTicks())).isTrue();
  }

  @Test
  void missingProgramIsNamed() {
    Path missing = directory.resolve("no-such-program");

    assertThatThrownBy(() -> launch(missing.toString()))
        .isInstanceOfSatisfying(
            LaunchException.class, e -> assertThat(e.program()).isEqualTo(missing.toString()))
        .hasMessage("cannot start " + missing + ": no such file");
  }

  @Test
  void programThatIsNotOnThePathIsNamed() {
    assertThatThrownBy(() -> launch("no-such-program"))
        .isInstanceOf(LaunchException.class)
        .hasMessage("cannot start no-such-program: not found on the PATH /usr/bin:/bin");
  }

  @Test
  void directoryIsNoProgram() {
    assertThatThrownBy(() -> launch(directory.toString()))
        .isInstanceOf(LaunchException.class)
        .hasMessageEndingWith("not a file");
  }

  @Test
  void fileThatMayNotBeExecutedIsNamed() throws Exception {
    Path plain = Files.writeString(directory.resolve("plain"), "");

    assertThatThrownBy(() -> launch(plain.toString()))
        .isInstanceOf(LaunchException.class)
        .hasMessage("cannot start " + plain + ": not executable");
  }

  @Test
  void fileThatTheSystemRefusesIsNamed() throws Exception {
    Path broken = Files.writeString(directory.resolve("broken"), "#!/no/such/interpreter\n");
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));

    assertThatThrownBy(() -> launch(broken.toString()))
        .isInstanceOf(LaunchException.class)
        .hasMessageStartingWith("cannot start " + broken);
  }

  @Test
  void missingWorkingDirectoryIsNamed() {
    Path missing = directory.resolve("gone");

    assertThatThrownBy(
            () ->
                launcher().launch(new ProcessLauncher.Order(List.of("true"), PATH, missing), lines))
        .isInstanceOf(LaunchException.class)
        .hasMessage("cannot start true: no working directory " + missing);
  }

  @Test
  void programIsFoundBesideTheWorkingDirectory() throws Exception {
    Path script = Files.writeString(directory.resolve("here"), "#!/bin/sh\npwd\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    assertThat(exit(launch("./here"))).isEqualTo(new Exit.Status(0));
    assertThat(lines.first()).isEqualTo(directory.toRealPath().toString());
  }

  @Test
  void environmentIsReplacedEntirely() throws Exception {
    Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "SNAKEPIT_RUN", "r 1=ä");
    ProcessLauncher.Child child =
        keep(
            launcher()
                .launch(new ProcessLauncher.Order(List.of("env"), environment, directory), lines));

    assertThat(exit(child)).isEqualTo(new Exit.Status(0));
    assertThat(lines.of(Source.STDOUT))
        .hasSize(2)
        .contains("PATH=/usr/bin:/bin")
        .anyMatch(line -> line.startsWith("SNAKEPIT_RUN=r 1="));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void noDescriptorOfTheJvmReachesTheChild() throws Exception {
    Path file = directory.resolve("open");
    try (ServerSocket socket = new ServerSocket(0);
        FileChannel open =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(socket.isBound() && open.isOpen()).isTrue();
      launch("sleep", "60");
      ProcessLauncher.Child child = shell("exec 2>/dev/null; ls /proc/$$/fd");

      assertThat(exit(child)).isEqualTo(new Exit.Status(0));
      assertThat(lines.of(Source.STDOUT)).containsExactlyInAnyOrder("0", "1", "2");
    }
  }

  @Test
  void writingToChildThatIsGoneIsNoError() throws Exception {
    ProcessLauncher.Child child = launch("true");
    exit(child);

    child.writeStdin(new byte[100_000]);
    child.closeStdin();
    child.writeStdin(new byte[1]);
    child.closeStdin();

    assertThat(exit(child)).isEqualTo(new Exit.Status(0));
  }

  private ProcessLauncher.Child shell(String script) throws LaunchException {
    return launch("sh", "-c", script);
  }

  private ProcessLauncher.Child launch(String... command) throws LaunchException {
    return keep(
        launcher().launch(new ProcessLauncher.Order(List.of(command), PATH, directory), lines));
  }

  private ProcessLauncher.Child keep(ProcessLauncher.Child child) {
    children.add(child);
    return child;
  }

  private static Exit exit(ProcessLauncher.Child child) throws Exception {
    return child.exit().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
