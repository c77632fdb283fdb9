package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.bridge.v1.Hello;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FakeConnection;
import io.snakepit.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final long LIMIT = 4 * 1024 * 1024;

  private final List<Frame> received = new ArrayList<>();
  private final FrameReader reader = new FrameReader(LIMIT, this::take);

  record Frame(WorkerMessage header, Buffer body) {}

  /** Keeps a body as it was handed on, not copied: a later change of it would show. */
  private void take(WorkerMessage header, Buffer body) {
    received.add(new Frame(header, body));
  }

  @Property(tries = 500)
  void anySplitOfAnyFramesYieldsTheSameFrames(
      @ForAll("frames") List<Frame> frames,
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 400) Integer> pieces)
      throws ProtocolException {
    List<Frame> got = new ArrayList<>();
    FrameReader fresh = new FrameReader(LIMIT, (header, body) -> got.add(new Frame(header, body)));
    Buffer all = bytes(frames);
    int position = 0;
    for (int piece : pieces) {
      int end = Math.min(all.length(), position + piece);
      fresh.read(all.getBuffer(position, end));
      position = end;
    }
    fresh.read(all.getBuffer(position, all.length()));
    assertThat(got).isEqualTo(frames);
    assertThat(fresh.isWithinFrame()).isFalse();
  }

  @Property(tries = 100)
  void framesThatArriveByteByByteAreTheSame(@ForAll("frames") List<Frame> frames)
      throws ProtocolException {
    List<Frame> got = new ArrayList<>();
    FrameReader fresh = new FrameReader(LIMIT, (header, body) -> got.add(new Frame(header, body)));
    for (byte each : bytes(frames).getBytes()) {
      fresh.read(Buffer.buffer(new byte[] {each}));
    }
    assertThat(got).isEqualTo(frames);
  }

  @Property(tries = 500)
  void garbageYieldsFramesOrARefusalAndNothingElse(@ForAll @Size(max = 200) byte[] garbage) {
    FrameReader fresh = new FrameReader(100, (header, body) -> {});
    try {
      fresh.read(Buffer.buffer(garbage));
    } catch (ProtocolException refused) {
      assertThat(refused).hasMessageMatching("a (frame|header) .*");
    }
  }

  @Provide
  Arbitrary<List<Frame>> frames() {
    Arbitrary<WorkerMessage> headers =
        Arbitraries.oneOf(
            Arbitraries.longs().greaterOrEqual(0).map(FakeWorker::result),
            Arbitraries.just(WorkerMessage.getDefaultInstance()),
            Arbitraries.strings().alpha().ofMaxLength(300).map(FrameReaderTest::hello));
    Arbitrary<Buffer> bodies =
        Arbitraries.bytes().array(byte[].class).ofMaxSize(600).map(Buffer::buffer);
    return Combinators.combine(headers, bodies).as(Frame::new).list().ofMaxSize(8);
  }

  @Test
  void gathersALargeBodyThatArrivesInChunks() throws ProtocolException {
    byte[] body = new byte[3 * 1024 * 1024];
    new Random(1).nextBytes(body);
    Frame large = new Frame(FakeWorker.result(1), Buffer.buffer(body));
    Frame small = new Frame(FakeWorker.result(2), Buffer.buffer("small"));
    readInChunks(bytes(List.of(small, large, small, large, small)), 65536);
    assertThat(received).isEqualTo(List.of(small, large, small, large, small));
    assertThat(reader.isWithinFrame()).isFalse();
  }

  @Test
  void neverChangesABodyThatItHandedOn() throws ProtocolException {
    List<Frame> sent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] body = new byte[i * 7];
      Arrays.fill(body, (byte) i);
      sent.add(new Frame(FakeWorker.result(i), Buffer.buffer(body)));
    }
    for (int chunk : new int[] {1, 3, 8, 100, 1000, 100_000}) {
      received.clear();
      readInChunks(bytes(sent), chunk);
      assertThat(received).as("in chunks of %d", chunk).isEqualTo(sent);
    }
  }

  @Test
  void aSmallBodyDoesNotKeepTheLargePieceThatItArrivedWith() throws ProtocolException {
    Buffer piece =
        bytes(
            List.of(
                new Frame(FakeWorker.result(1), Buffer.buffer("tiny")),
                new Frame(FakeWorker.result(2), Buffer.buffer(new byte[10_000]))));
    reader.read(piece);
    // Writing to what arrived shows which body still lies in it.
    piece.setBytes(0, new byte[piece.length()]);
    assertThat(received.get(0).body()).hasToString("tiny");
  }

  @Test
  void acceptsAFrameOfExactlyTheLimit() throws ProtocolException {
    WorkerMessage header = FakeWorker.result(1);
    int body = 100 - header.getSerializedSize();
    FrameReader limited = new FrameReader(100, this::take);
    limited.read(Buffer.buffer(FakeConnection.frame(header, new byte[body])));
    assertThat(received).hasSize(1);
    Buffer larger = Buffer.buffer(FakeConnection.frame(header, new byte[body + 1]));
    assertThatThrownBy(() -> limited.read(larger))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("a frame of 101 bytes, where 100 are allowed");
  }

  @Test
  void refusesALargeFrameFromItsLengthsAlone() {
    assertThatThrownBy(() -> reader.read(lengths(0, LIMIT + 1)))
        .hasMessage("a frame of 4194305 bytes, where 4194304 are allowed");
    assertThatThrownBy(() -> reader.read(lengths(0xffffffffL, 0xffffffffL)))
        .hasMessage("a header of 4294967295 bytes, where 65536 are allowed");
  }

  @Test
  void refusesAHeaderBeyondItsOwnLimit() throws ProtocolException {
    reader.read(lengths(64 * 1024, 0));
    assertThatThrownBy(() -> new FrameReader(LIMIT, this::take).read(lengths(64 * 1024 + 1, 0)))
        .hasMessage("a header of 65537 bytes, where 65536 are allowed");
  }

  @Test
  void refusesALargeFrameWhosePrefixArrivesInParts() throws ProtocolException {
    Buffer prefix = lengths(1, LIMIT);
    reader.read(prefix.getBuffer(0, 5));
    assertThatThrownBy(() -> reader.read(prefix.getBuffer(5, 8)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void refusesAHeaderThatIsNoMessage() {
    Buffer garbage = lengths(2, 0).appendByte((byte) 0xff).appendByte((byte) 0xff);
    assertThatThrownBy(() -> reader.read(garbage))
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith("a header that is no message: ");
  }

  @Test
  void allowsLargerFramesFromTheFrameOnThatFollows() throws ProtocolException {
    List<Frame> got = new ArrayList<>();
    FrameReader[] self = new FrameReader[1];
    self[0] =
        new FrameReader(
            100,
            (header, body) -> {
              got.add(new Frame(header, body));
              self[0].allow(1000);
            });
    Frame first = new Frame(FakeWorker.result(1), Buffer.buffer());
    Frame second = new Frame(FakeWorker.result(2), Buffer.buffer(new byte[900]));
    self[0].read(bytes(List.of(first, second)));
    assertThat(got).containsExactly(first, second);
  }

  @Test
  void knowsWhetherAFrameHasBegun() throws ProtocolException {
    Buffer frame = bytes(List.of(new Frame(FakeWorker.result(1), Buffer.buffer("body"))));
    assertThat(reader.isWithinFrame()).isFalse();
    reader.read(frame.getBuffer(0, 3));
    assertThat(reader.isWithinFrame()).isTrue();
    reader.read(frame.getBuffer(3, 9));
    assertThat(reader.isWithinFrame()).isTrue();
    reader.read(frame.getBuffer(9, frame.length()));
    assertThat(reader.isWithinFrame()).isFalse();
  }

  private void readInChunks(Buffer all, int chunk) throws ProtocolException {
    for (int from = 0; from < all.length(); from += chunk) {
      reader.read(all.getBuffer(from, Math.min(all.length(), from + chunk)));
    }
  }

  private static Buffer lengths(long header, long body) {
    return Buffer.buffer().appendUnsignedInt(header).appendUnsignedInt(body);
  }

  private static Buffer bytes(List<Frame> frames) {
    Buffer all = Buffer.buffer();
    for (Frame frame : frames) {
      all.appendBytes(FakeConnection.frame(frame.header, frame.body.getBytes()));
    }
    return all;
  }

  private static WorkerMessage hello(String token) {
    return WorkerMessage.newBuilder().setHello(Hello.newBuilder().setToken(token)).build();
  }

  private static Buffer frame(int bodyBytes) {
    return Buffer.buffer(
        FakeConnection.frame(
            WorkerMessage.newBuilder().setHello(Hello.newBuilder().setToken("t")).build(),
            new byte[bodyBytes]));
  }

  private static List<Buffer> pieces(Buffer all, int bytes) {
    List<Buffer> pieces = new ArrayList<>();
    for (int at = 0; at < all.length(); at += bytes) {
      pieces.add(all.getBuffer(at, Math.min(all.length(), at + bytes)));
    }
    return pieces;
  }

  @Test
  void asksTheGateAboutLargeBodiesAlone() throws ProtocolException {
    List<Integer> asked = new ArrayList<>();
    reader.gate(
        (header, bytes, here) -> {
          asked.add(bytes);
          return Intake.READ;
        });
    for (int size : new int[] {0, 65_536, 65_537, 300_000}) {
      for (Buffer piece : pieces(frame(size), 50_000)) {
        reader.read(piece);
      }
    }
    assertThat(asked).containsExactly(65_537, 300_000);
    assertThat(received)
        .extracting(each -> each.body().length())
        .containsExactly(0, 65_536, 65_537, 300_000);
  }

  @Test
  void readsNothingOfABodyThatWaitsAndLosesNothing() throws ProtocolException {
    boolean[] room = {false};
    reader.gate((header, bytes, here) -> room[0] ? Intake.READ : Intake.WAIT);
    List<Buffer> pieces = pieces(frame(300_000).appendBuffer(frame(5)), 50_000);
    reader.read(pieces.get(0));
    assertThat(reader.isWaiting()).as("not asked before more than the header has come").isFalse();
    reader.read(pieces.get(1));
    assertThat(reader.isWaiting()).isTrue();
    reader.readOn();
    assertThat(reader.isWaiting()).as("there is no room yet").isTrue();
    reader.read(pieces.get(2));
    room[0] = true;
    reader.readOn();
    assertThat(reader.isWaiting()).isFalse();
    for (Buffer piece : pieces.subList(3, pieces.size())) {
      reader.read(piece);
    }
    assertThat(received).extracting(each -> each.body().length()).containsExactly(300_000, 5);
  }

  @Test
  void dropsABodyThatNobodyWantsAndGoesOnBehindIt() throws ProtocolException {
    Intake[] decided = {Intake.WAIT};
    reader.gate((header, bytes, here) -> decided[0]);
    List<Buffer> pieces = pieces(frame(300_000).appendBuffer(frame(5)), 50_000);
    reader.read(pieces.get(0));
    reader.read(pieces.get(1));
    decided[0] = Intake.DROP;
    reader.readOn();
    for (Buffer piece : pieces.subList(2, pieces.size())) {
      reader.read(piece);
    }
    assertThat(received).extracting(each -> each.body().length()).containsExactly(0, 5);
  }

  @Test
  void asksAboutABodyThatHasComeWithItsHeader() throws ProtocolException {
    List<Boolean> asked = new ArrayList<>();
    reader.gate(
        (header, bytes, here) -> {
          asked.add(here);
          return Intake.DROP;
        });
    reader.read(frame(100_000));
    assertThat(asked).containsExactly(true);
    assertThat(received).extracting(each -> each.body().length()).containsExactly(0);
  }
}
