package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.snakepit.api.Call;
import io.snakepit.testing.Leftovers;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** E5: what workers print reaches the log with their id, and never the protocol. */
class OutputIT {
  @TempDir Path directory;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Test
  void whatAWorkerPrintsReachesTheLogLineByLineWithItsId() {
    for (String method : List.of("forkserver", "spawn")) {
      lines.clear();
      try (LogTap tap = new LogTap();
          RunningSnakepit running = start(method)) {
        running.call(Call.of("say").with("text", "one\ntwo \u00fc"));
        running.call(Call.of("say").with("text", "three").with("error", true));
        running.failure(Call.of("exit_now").with("status", 3));
        await()
            .untilAsserted(
                () ->
                    assertThat(lines)
                        .as(method)
                        .contains(
                            "default-1 stdout: one",
                            "default-1 stdout: two \u00fc",
                            "default-1 stderr: three",
                            "default-1 stderr: last words"));
        // Bytes that look like frames are lines like any other.
        running.call(Call.of("say").with("text", "\u0000\u0000\u0000\u0005\u0000"));
        assertThat(running.call(Call.of("on_main_thread"))).isEqualTo(true);
        assertThat(tap.isStarted()).isTrue();
      }
    }
    Leftovers.assertNone(directory);
  }

  /** Fails where a carriage return ends no line, and where {@code OutputLine} escapes nothing. */
  @Test
  void aBarIsSeenWhileItMovesAndNoEscapeReachesTheLog() {
    try (LogTap tap = new LogTap();
        RunningSnakepit running = start("forkserver")) {
      running.call(Call.of("say").with("text", "\r10 %\r20 %\r\u001b[2J gone"));
      await()
          .untilAsserted(
              () ->
                  assertThat(lines)
                      .containsSubsequence(
                          "default-1 stdout: 10 %",
                          "default-1 stdout: 20 %", "default-1 stdout: \\x1b[2J gone"));
      assertThat(tap.isStarted()).isTrue();
    }
  }

  @Test
  void whatAnAdapterPrintsOnImportBelongsToThePool() {
    TestAdapters.write(
        directory,
        "talker",
        "print('hello from import')\nfrom snakepit import tool\n@tool\ndef t() -> int:\n    return 1\n");
    try (LogTap tap = new LogTap();
        RunningSnakepit running = RunningSnakepit.start(directory, "talker", new JsonObject())) {
      assertThat(running.call(Call.of("t"))).isEqualTo(1);
      await()
          .untilAsserted(
              () -> assertThat(lines).contains("pool default stdout: hello from import"));
      assertThat(tap.isStarted()).isTrue();
    }
  }

  private RunningSnakepit start(String method) {
    String module = TestAdapters.write(directory, "chaos", TestAdapters.HOSTILE);
    return RunningSnakepit.start(directory, module, new JsonObject().put("startMethod", method));
  }

  /** Listens to the logger of workers' output. */
  private final class LogTap extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.snakepit.output");

    LogTap() {
      setContext(logger.getLoggerContext());
      start();
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }

    @Override
    public void close() {
      logger.detachAppender(this);
    }
  }
}
