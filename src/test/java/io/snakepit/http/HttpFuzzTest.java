package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Hostile bytes on many connections, while well-behaved clients go on as if nothing were. */
class HttpFuzzTest extends DoorTestBase {
  private static final int ROUNDS = 600;
  private static final long HEAP_GROWTH_BYTES = 30_000_000;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d\\d\\d) ");

  private final long seed = new Random().nextLong();
  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          // A slow machine, and the end of another test's door, are no matter of this one.
          boolean ours =
              !event.getLoggerName().endsWith("BlockedThreadChecker")
                  && !event.getLoggerName().endsWith("ServerBootstrap");
          if (ours && event.getLevel().isGreaterOrEqual(Level.WARN)) {
            warnings.add(event.getFormattedMessage() + " " + event.getThrowableProxy());
          }
        }
      };

  /** Takes the transport that the host takes; where there is none, Java's own will do. */
  @Override
  VertxOptions vertxOptions() {
    return new VertxOptions().setPreferNativeTransport(true);
  }

  /** Returns the headers that a client has to send to be known. */
  String key() {
    return "X-None: needed";
  }

  @BeforeEach
  void listen() {
    executor.streamsBehave(stream -> stream.end(0));
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(log);
  }

  @Test
  void servesOthersWhateverOneSends() throws Exception {
    probe.close();
    attack(new HostileBytes(seed), 100);
    long before = heapAfterCollection();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger served = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Thread others = new Thread(() -> serve(over, served, failures), "others");
    others.start();
    attack(new HostileBytes(seed), ROUNDS);
    over.set(true);
    others.join(60_000);

    assertThat(failures).as("seed %d", seed).isEmpty();
    assertThat(served.get()).as("seed %d", seed).isGreaterThan(10);
    // Fails if a connection is not forgotten.
    Awaitility.await().untilAsserted(() -> assertThat(connections()).as("seed %d", seed).isZero());
    // A line for many of them, and none of a fault of ours.
    assertThat(warnings)
        .as("seed %d", seed)
        .hasSizeLessThanOrEqualTo(5)
        .allMatch(line -> line.startsWith("refused bytes from"));
    assertThat(door.refused()).as("seed %d", seed).isGreaterThan(10L * warnings.size());
    assertThat(heapAfterCollection() - before).as("seed %d", seed).isLessThan(HEAP_GROWTH_BYTES);
  }

  private void attack(HostileBytes hostile, int connections) throws IOException {
    for (int i = 0; i < connections; i++) {
      byte[] bytes = hostile.next();
      int ending = hostile.ending();
      try (Probe client = connect()) {
        switch (ending) {
          case 0 -> client.trySend(bytes);
          case 1 -> {
            client.trySend(bytes);
            client.reset();
          }
          default -> {
            client.trySend(bytes);
            checkAnswers(client.restAfterLastWord(), i);
          }
        }
      }
    }
  }

  /** Checks that whatever was sent is refused, taken, or not answered at all. */
  private void checkAnswers(String answers, int round) {
    Matcher status = STATUS.matcher(answers);
    while (status.find()) {
      assertThat(Integer.parseInt(status.group(1)))
          .as("seed %d, connection %d: %s", seed, round, answers)
          .isLessThan(500);
    }
  }

  private void serve(AtomicBoolean over, AtomicInteger served, Queue<Throwable> failures) {
    try (Probe client = connect()) {
      while (!over.get()) {
        String args = "{\"n\":" + served.incrementAndGet() + "}";
        Probe.Answer answer = client.post(ECHO, args, JSON, key());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(args);
      }
    } catch (IOException | AssertionError failure) {
      failures.add(failure);
    }
  }

  private static long heapAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
