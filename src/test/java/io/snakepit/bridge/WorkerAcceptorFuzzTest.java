package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.snakepit.bridge.v1.CameRound;
import io.snakepit.bridge.v1.Channel;
import io.snakepit.bridge.v1.Chunk;
import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.Ready;
import io.snakepit.bridge.v1.Result;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random bytes at the acceptor of workers, from peers that are pending and from admitted ones (E3).
 * After each of them a worker of the same acceptor is spoken to, which must not have noticed.
 */
class WorkerAcceptorFuzzTest {
  private static final int ATTACKS = 120;
  private static final String TOKEN = "secret";

  @RegisterExtension final OpenAcceptor acceptor = new OpenAcceptor(true, Duration.ofMillis(300));

  @RegisterExtension final OpenAcceptor patient = new OpenAcceptor();

  private RecordedLink honestListener;
  private FakeWorker honest;
  private WorkerLink link;
  private long sequence;

  @BeforeEach
  void open() throws Exception {
    honestListener = acceptor.expect("honest");
    honest = acceptor.attach("honest");
    link = honestListener.nextLink();
  }

  @AfterEach
  void close() throws Exception {
    honest.close();
  }

  /** Fails if one peer's bytes can end, delay for ever or change what another peer says. */
  private void theOthersAreUnaffected() throws Exception {
    long ping = ++sequence;
    acceptor.run(() -> link.ping(ping));
    assertThat(honest.control().read().header().getPing().getSequence()).isEqualTo(ping);
    Pong pong = Pong.newBuilder().setSequence(ping).build();
    honest.control().send(WorkerMessage.newBuilder().setPong(pong).build());
    assertThat(honestListener.next()).isEqualTo(new RecordedLink.AnsweredPing(ping, 0));
  }

  @RepeatedTest(3)
  void peersThatAreNotAdmittedAreRefusedAndCountedAndNothingElseHappens(RepetitionInfo round)
      throws Exception {
    long seed = 1_000L + round.getCurrentRepetition();
    Random random = new Random(seed);
    for (int i = 0; i < ATTACKS; i++) {
      long before = acceptor.refused();
      byte[] bytes = Attack.asPendingPeer(random);
      try (FakeConnection peer = FakeConnection.dial(acceptor.socket())) {
        sendAsMuchAsIsTaken(peer, bytes);
        if (random.nextInt(10) == 0) {
          readToTheEnd(peer);
        }
      }
      String which = "seed %d, attack %d: %s".formatted(seed, i, Arrays.toString(bytes));
      await(which).pollInterval(Duration.ofMillis(2)).until(() -> acceptor.refused() == before + 1);
      theOthersAreUnaffected();
    }
  }

  /**
   * Covers peers whose token was good: each is cut off, told so to its listener once, or goes on.
   */
  @RepeatedTest(3)
  void admittedPeersAreCutOffAloneWhateverTheySend(RepetitionInfo round) throws Exception {
    long seed = 2_000L + round.getCurrentRepetition();
    Random random = new Random(seed);
    for (int i = 0; i < ATTACKS; i++) {
      RecordedLink listener = acceptor.expect(TOKEN + i);
      try (FakeWorker worker = acceptor.attach(TOKEN + i)) {
        listener.nextLink();
        FakeConnection victim = random.nextBoolean() ? worker.work() : worker.control();
        for (int k = random.nextInt(4); k >= 0; k--) {
          sendAsMuchAsIsTaken(victim, Attack.asWorker(random));
        }
      }
      RecordedLink.Heard last = listener.next();
      while (!(last instanceof RecordedLink.Ended)) {
        last = listener.next();
      }
      assertThat(listener.hasHeardMore()).as("seed %d, attack %d", seed, i).isFalse();
      theOthersAreUnaffected();
    }
  }

  /** Fails if a frame that is only announced takes its memory at once. */
  @Test
  void whoAnnouncesLargeFramesAndSendsNothingTakesNoMemory() throws Exception {
    List<FakeWorker> announcing = new ArrayList<>();
    try {
      long before = heapInUse();
      for (int i = 0; i < 100; i++) {
        acceptor.expect(TOKEN + i);
        FakeWorker worker = acceptor.attach(TOKEN + i);
        announcing.add(worker);
        worker
            .work()
            .sendRaw(ByteBuffer.allocate(9).putInt(10).putInt(OpenAcceptor.MAX_BODY).array());
      }
      theOthersAreUnaffected();
      assertThat(heapInUse() - before).isLessThan(100L * OpenAcceptor.MAX_BODY / 4);
    } finally {
      for (FakeWorker worker : announcing) {
        worker.close();
      }
    }
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Fails if pending peers can take as many descriptors as they like. */
  @Test
  void onlySoManyConnectionsArePendingAtATime() throws Exception {
    patient.expect("late");
    int most = WorkerAcceptor.MAX_PENDING + 2;
    List<FakeConnection> waiting = new ArrayList<>();
    try {
      for (int i = 0; i < most + 20; i++) {
        waiting.add(FakeConnection.dial(patient.socket()));
      }
      await().until(() -> patient.refused() == 20);
      waiting.remove(0).close();
      await().untilAsserted(this::oneMoreIsWelcome);
    } finally {
      for (FakeConnection each : waiting) {
        each.close();
      }
    }
  }

  private void oneMoreIsWelcome() {
    try (FakeConnection one = FakeConnection.dial(patient.socket())) {
      one.send(FakeWorker.hello("late", Channel.CHANNEL_WORK));
      assertThat(one.readOrEnd()).isNotNull();
    } catch (IOException closed) {
      throw new AssertionError(closed);
    }
  }

  private static void sendAsMuchAsIsTaken(FakeConnection connection, byte[] bytes) {
    try {
      connection.sendRaw(bytes);
    } catch (IOException cutOff) {
      // As it should be, if what came before was bad enough.
    }
  }

  private static void readToTheEnd(FakeConnection connection) {
    try {
      while (connection.readOrEnd() != null) {
        // A refusal, at most.
      }
    } catch (IOException reset) {
      // That is an end as well.
    }
  }

  /** Makers of bytes that are nearly right, or not at all. */
  private static final class Attack {
    private Attack() {}

    /** Makes something that is never a proper introduction. */
    static byte[] asPendingPeer(Random random) {
      return switch (random.nextInt(8)) {
        case 0 -> random(random, 1 + random.nextInt(40_000));
        case 1 -> lengths(random.nextInt(), random.nextInt());
        case 2 -> lengths(16 * 1024, random.nextInt(1 << 20));
        case 3 -> cut(random, FakeConnection.frame(hello(random), new byte[0]));
        case 4 -> "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        case 5 -> FakeConnection.frame(hello(random), new byte[random.nextInt(100)]);
        case 6 -> FakeConnection.frame(message(random), random(random, random.nextInt(100)));
        default -> spoil(random, FakeConnection.frame(hello(random), new byte[0]));
      };
    }

    static byte[] asWorker(Random random) {
      byte[] frame = FakeConnection.frame(message(random), random(random, random.nextInt(70_000)));
      return switch (random.nextInt(7)) {
        case 0 -> random(random, 1 + random.nextInt(1_000));
        case 1 -> lengths(random.nextInt(), random.nextInt());
        case 2 -> lengths(1 + random.nextInt(64 * 1024), 1 + random.nextInt(OpenAcceptor.MAX_BODY));
        case 3 -> cut(random, frame);
        case 4 -> spoil(random, frame);
        case 5 -> FakeConnection.frame(hello(random), new byte[0]);
        default -> interleaved(random, frame);
      };
    }

    private static WorkerMessage hello(Random random) {
      Hello hello =
          Hello.newBuilder()
              .setToken("x".repeat(random.nextInt(64)))
              .setChannelValue(random.nextInt(5))
              .setPid(random.nextLong())
              .setMinProtocol(random.nextInt())
              .setMaxProtocol(random.nextInt())
              .build();
      return WorkerMessage.newBuilder().setHello(hello).build();
    }

    private static WorkerMessage message(Random random) {
      WorkerMessage.Builder message = WorkerMessage.newBuilder();
      return switch (random.nextInt(7)) {
        case 0 -> message.setResult(Result.newBuilder().setId(random.nextLong())).build();
        case 1 -> message.setChunk(Chunk.newBuilder().setId(random.nextLong())).build();
        case 2 -> message.setReady(Ready.getDefaultInstance()).build();
        case 3 -> message.setPong(Pong.newBuilder().setSequence(random.nextLong())).build();
        case 4 -> message.setCameRound(CameRound.getDefaultInstance()).build();
        case 5 ->
            message
                .setStandstill(io.snakepit.bridge.v1.Standstill.newBuilder().setStack("\n\u0007"))
                .build();
        default -> message.build();
      };
    }

    private static byte[] random(Random random, int length) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      return bytes;
    }

    private static byte[] lengths(int header, int body) {
      return ByteBuffer.allocate(8).putInt(header).putInt(body).array();
    }

    /** Makes a frame that ends too early, but not at once. */
    private static byte[] cut(Random random, byte[] frame) {
      return Arrays.copyOf(frame, 1 + random.nextInt(frame.length - 1));
    }

    private static byte[] spoil(Random random, byte[] frame) {
      byte[] spoilt = frame.clone();
      for (int i = 1 + random.nextInt(5); i > 0; i--) {
        spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return spoilt;
    }

    /** Puts one frame within another. */
    private static byte[] interleaved(Random random, byte[] frame) {
      int at = random.nextInt(frame.length);
      return Buffer.buffer()
          .appendBytes(frame, 0, at)
          .appendBytes(FakeConnection.frame(message(random), new byte[3]))
          .appendBytes(frame, at, frame.length - at)
          .getBytes();
    }
  }
}
