package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of keepers that do not come up, or say what no keeper says. */
class KeeperStartIT {
  /** A program that reads its token, dials, and says hello unless told otherwise. */
  private static final String DIAL =
      """
      import json, os, socket, struct, sys, time
      token = sys.stdin.readline().strip()
      def dial():
          connection = socket.socket(socket.AF_UNIX)
          connection.connect(sys.argv[1])
          return connection
      def say(connection, **message):
          body = json.dumps(message).encode()
          connection.sendall(struct.pack(">I", len(body)) + body)
      def hello(connection, token=token, pid=os.getpid()):
          say(connection, event="hello", token=token, pid=pid, python="3.11.0")
      connection = dial()
      """;

  @TempDir Path directory;

  private KeeperWorkshop workshop;

  @BeforeEach
  void open() throws Exception {
    workshop = new KeeperWorkshop(directory);
  }

  @AfterEach
  void close() throws Exception {
    workshop.close();
  }

  @Test
  void keeperThatFailsIsToldWithItsLastLines() throws Exception {
    workshop.keeperIs("raise ValueError('broken keeper')\n");

    assertStartFails(" 1 before its hello", "ValueError: broken keeper");
  }

  @Test
  void ofALongOutputTheLastLinesAreTold() throws Exception {
    workshop.keeperIs("for i in range(1000):\n    print('line', i)\nraise SystemExit('over')\n");

    assertThatThrownBy(() -> workshop.start(StartMethod.SPAWN))
        .rootCause()
        .hasMessageContainingAll("line 999", "over")
        .hasMessageNotContaining("line 1\n");
  }

  @Test
  void keeperThatSaysNothingIsEnded() throws Exception {
    workshop.startTimeout = Duration.ofMillis(300);
    workshop.keeperIs("import time\ntime.sleep(600)\n");

    assertStartFails("no hello within 300 ms");
  }

  @Test
  void peerWithAnotherTokenIsNotAdmitted() throws Exception {
    workshop.startTimeout = Duration.ofSeconds(2);
    workshop.keeperIs(DIAL + "hello(connection, token='guessed')\ntime.sleep(600)\n");

    assertStartFails("no hello within 2000 ms");
  }

  @Test
  void keeperThatClaimsAnotherPidIsNotAdmitted() throws Exception {
    workshop.startTimeout = Duration.ofSeconds(2);
    workshop.keeperIs(DIAL + "hello(connection, pid=1)\ntime.sleep(600)\n");

    assertStartFails("no hello within 2000 ms");
  }

  @Test
  void anotherProcessWithTheTokenIsNotAdmitted() throws Exception {
    workshop.startTimeout = Duration.ofSeconds(2);
    workshop.keeperIs(
        DIAL
            + """
            parent = os.getpid()
            if os.fork() == 0:
                hello(dial(), pid=parent)
            time.sleep(600)
            """);

    assertStartFails("no hello within 2000 ms");
  }

  /** Fails where {@code KeeperAcceptor} does not look for the peer's parent. */
  @Test
  void grandchildWithTheTokenIsNotAdmitted() throws Exception {
    workshop.startTimeout = Duration.ofSeconds(2);
    workshop.keeperIs(
        DIAL
            + """
            if os.fork() == 0:
                if os.fork() == 0:
                    hello(dial(), pid=os.getpid())
                time.sleep(600)
            time.sleep(600)
            """);

    assertStartFails("no hello within 2000 ms");
  }

  @Test
  void onlyOneIsAdmitted() throws Exception {
    workshop.keeperIs(
        DIAL
            + """
            other = dial()
            hello(connection)
            try:
                hello(other)
                said = other.recv(1)
            except (BrokenPipeError, ConnectionResetError):
                said = b""  # closed before it could say a word
            print("other:", said, flush=True)
            time.sleep(600)
            """);

    Keeper keeper = workshop.start(StartMethod.SPAWN);

    workshop.recorded.next(KeeperEvent.Line.class, line -> line.line().text().equals("other: b''"));
    workshop.stopGrace = Duration.ZERO;
    Signals.send(keeper.pid(), Signals.KILL);
    workshop.recorded.awaitGone();
  }

  @Test
  void firstFrameMustBeHello() throws Exception {
    workshop.startTimeout = Duration.ofSeconds(2);
    workshop.keeperIs(DIAL + "say(connection, event='fallback', reasons=['x'])\ntime.sleep(600)\n");

    assertStartFails("no hello within 2000 ms");
  }

  @Test
  void garbageClosesTheSocketAndEndsTheKeeper() throws Exception {
    workshop.stopGrace = Duration.ofMillis(100);
    workshop.keeperIs(
        DIAL
            + "hello(connection)\nconnection.recv(4)\nsay(connection, event='?')\ntime.sleep(600)\n");
    workshop.start(StartMethod.SPAWN);

    assertThat(workshop.recorded.awaitGone())
        .isEqualTo("a frame that is no event: unknown event ?");
    assertThat(workshop.left()).isEmpty();
  }

  @Test
  void helloTwiceEndsTheKeeper() throws Exception {
    workshop.stopGrace = Duration.ofMillis(100);
    workshop.keeperIs(
        DIAL + "hello(connection)\nconnection.recv(4)\nhello(connection)\ntime.sleep(600)\n");
    workshop.start(StartMethod.SPAWN);

    assertThat(workshop.recorded.awaitGone()).isEqualTo("it said hello twice");
  }

  /** Both arrive at once, before anybody has looked who it is. */
  @Test
  void helloTwiceInOneBreathEndsTheKeeper() throws Exception {
    workshop.stopGrace = Duration.ofMillis(100);
    workshop.keeperIs(
        DIAL
            + """
            words = dict(event="hello", token=token, pid=os.getpid(), python="3.11.0")
            hello = json.dumps(words).encode()
            frame = struct.pack(">I", len(hello)) + hello
            connection.sendall(frame + frame)
            time.sleep(600)
            """);
    workshop.start(StartMethod.SPAWN);

    assertThat(workshop.recorded.awaitGone())
        .startsWith("the first frame, and no other, must be hello");
    assertThat(workshop.left()).isEmpty();
  }

  @Test
  void ordersToOneThatIsGoneAreNoFault() throws Exception {
    workshop.keeperIs(DIAL + "hello(connection)\nconnection.recv(4)\n");
    Keeper keeper = workshop.start(StartMethod.SPAWN);
    String reason = workshop.recorded.awaitGone();

    workshop.order(keeper::roll);
    workshop.order(() -> keeper.abandon("too late"));
    workshop.await(keeper::stop);

    assertThat(workshop.recorded.gone()).containsExactly(reason);
  }

  @Test
  void connectionThatSomethingElseHoldsIsClosedAfterTheKeepersDeath() throws Exception {
    workshop.keeperIs(
        DIAL
            + """
            hello(connection)
            connection.recv(4)
            if os.fork() == 0:
                time.sleep(600)
            os._exit(7)
            """);
    workshop.start(StartMethod.SPAWN);

    assertThat(workshop.recorded.awaitGone()).startsWith("it ended with ");
    assertThat(workshop.left()).isEmpty();
  }

  @Test
  void whatTheKeeperPrintsItselfIsToldInOrder() throws Exception {
    workshop.keeperIs(
        "print('early', flush=True)\n" + DIAL + "hello(connection)\nconnection.recv(4)\n");
    workshop.start(StartMethod.SPAWN);

    workshop.recorded.awaitGone();
    assertThat(workshop.recorded.events())
        .containsExactly(
            new KeeperEvent.Line("", new OutputLine(OutputLine.Source.STDOUT, "early", 0)));
  }

  @Test
  void missingInterpreterIsNamed() throws Exception {
    KeeperOptions good = workshop.options(StartMethod.SPAWN);
    Path missing = directory.resolve("no-python");
    KeeperOptions bad =
        new KeeperOptions(
            missing,
            good.library(),
            good.socket(),
            good.directory(),
            good.environment(),
            good.workers(),
            good.launcher());

    assertThatThrownBy(
            () -> workshop.await(() -> Keeper.start(workshop.vertx, bad, workshop.recorded)))
        .hasRootCauseInstanceOf(KeeperException.class)
        .hasRootCauseMessage("pool main: the keeper: cannot start " + missing + ": no such file");
    assertThat(workshop.socket).doesNotExist();
  }

  @Test
  void socketThatCannotBeMadeIsNamed() throws Exception {
    Files.createDirectories(workshop.socket.resolve("not-empty"));

    assertStartFails("can't listen on " + workshop.socket);
  }

  private void assertStartFails(String... words) {
    assertThatThrownBy(() -> workshop.start(StartMethod.SPAWN))
        .hasRootCauseInstanceOf(KeeperException.class)
        .rootCause()
        .hasMessageStartingWith("pool main: the keeper: ")
        .hasMessageContainingAll(words);
    assertThat(workshop.left()).isEmpty();
    assertThat(Files.isRegularFile(workshop.socket)).isFalse();
    assertThat(workshop.recorded.gone()).isEmpty();
  }
}
