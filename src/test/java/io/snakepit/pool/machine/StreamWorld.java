package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.pool.machine.Flowing.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random events in the streams of a simulated pool. */
final class StreamWorld {
  private static final int LONGEST = 150;

  private final PoolWorld world;
  private final Random random;

  StreamWorld(PoolWorld world, Random random) {
    this.world = world;
    this.random = random;
  }

  /** Opens the flow of a new stream: through a small window, so that it is full often. */
  Flow open() {
    return new Flow(1 + random.nextInt(4), 100);
  }

  void step() {
    List<Stream> all = new ArrayList<>();
    world.around.flowing.all().forEach(all::add);
    if (all.isEmpty()) {
      return;
    }
    Stream stream = all.get(random.nextInt(all.size()));
    switch (random.nextInt(20)) {
      case 0 -> cancel(stream);
      case 1 -> misbehave(stream);
      case 2, 3, 4, 5, 6, 7, 8, 9 -> chunk(stream, random.nextInt(LONGEST));
      default -> take(stream);
    }
  }

  /** The worker that it really runs in, unless nobody can talk to that any more. */
  private Surroundings.Body body(Stream stream) {
    Surroundings.Body body = world.around.alive.get(stream.ticket.flow.worker);
    boolean runs = body != null && body.calls.get(stream.ticket.sequence) == stream.ticket;
    return runs && world.answers(body) ? body : null;
  }

  private void chunk(Stream stream, long bytes) {
    Ticket ticket = stream.ticket;
    if (stream.outcome != null || body(stream) == null) {
      return;
    }
    String worker = ticket.flow.worker;
    if (stream.allows(bytes)) {
      stream.blocked = false;
      stream.chunksLeft--;
      stream.bytesLeft -= bytes;
      int before = stream.untaken;
      if (ticket.state == Ticket.State.RUNNING) {
        world.around.hears(body(stream));
      }
      world.perform(world.state.messages().chunk(worker, ticket.sequence, bytes, world.now));
      assertThat(stream.untaken).as("a chunk with credit is passed on").isEqualTo(before + 1);
      stream.untakenBytes += bytes;
    } else if (stream.chunksLeft > 0 && stream.bytesLeft > 0 && !stream.blocked) {
      stream.blocked = true;
      world.perform(world.state.messages().blocked(worker, ticket.sequence, world.now));
      boolean goesOn = stream.untaken > 0 || stream.allows(bytes);
      assertThat(goesOn).as("who is blocked gets credit, or will").isTrue();
    }
  }

  private void take(Stream stream) {
    if (stream.untaken == 0) {
      return;
    }
    int chunks = 1 + random.nextInt(stream.untaken);
    long bytes =
        chunks == stream.untaken ? stream.untakenBytes : stream.untakenBytes / stream.untaken;
    stream.untaken -= chunks;
    stream.untakenBytes -= bytes;
    world.perform(world.state.taken(stream.ticket, chunks, bytes, world.now));
  }

  private void cancel(Stream stream) {
    world.perform(world.state.cancel(stream.ticket, world.now));
    assertThat(world.around.waiting).doesNotContain(stream.ticket);
  }

  /** A worker sends what it has no credit for, or of a call that it was never given. */
  private void misbehave(Stream stream) {
    Surroundings.Body body = body(stream);
    if (body == null || body.doomed || stream.outcome != null || random.nextInt(4) > 0) {
      return;
    }
    String worker = stream.ticket.flow.worker;
    boolean stray = random.nextBoolean() || stream.chunksLeft > 0;
    long sequence = stray ? 1L << 40 : stream.ticket.sequence;
    world.perform(world.state.messages().chunk(worker, sequence, 1, world.now));
    assertThat(body.doomed).as("that is the end of it").isTrue();
  }

  /** All consumers take all there is. */
  void takeAll() {
    for (Stream stream : world.around.flowing.all()) {
      if (stream.untaken > 0) {
        int chunks = stream.untaken;
        long bytes = stream.untakenBytes;
        stream.untaken = 0;
        stream.untakenBytes = 0;
        world.perform(world.state.taken(stream.ticket, chunks, bytes, world.now));
      }
    }
  }
}
