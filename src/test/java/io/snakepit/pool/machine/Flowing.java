package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams of a simulated pool as they really are: what each worker may still send, what each
 * consumer has and has not taken.
 */
final class Flowing {
  private final Map<Ticket, Stream> streams = new LinkedHashMap<>();

  /** By worker and number: whom a grant is for. */
  private final Map<String, Stream> running = new HashMap<>();

  /** A stream of the model. */
  static final class Stream {
    final Ticket ticket;
    int chunksLeft;
    long bytesLeft;
    int untaken;
    long untakenBytes;
    String outcome;
    boolean blocked;

    Stream(Ticket ticket) {
      this.ticket = ticket;
    }

    private Flow flow() {
      return ticket.flow;
    }

    /** Returns whether the worker may send a chunk of that size. */
    boolean allows(long bytes) {
      boolean whole = bytesLeft == flow().windowBytes();
      return chunksLeft > 0 && bytesLeft > 0 && (bytes <= bytesLeft || whole);
    }
  }

  Iterable<Stream> all() {
    return java.util.List.copyOf(streams.values());
  }

  int untaken(Ticket ticket) {
    Stream stream = streams.get(ticket);
    return stream == null ? 0 : stream.untaken;
  }

  /** A worker gets it, perhaps after another has. */
  void begin(Ticket ticket) {
    Stream stream = new Stream(ticket);
    stream.chunksLeft = ticket.flow.windowChunks();
    stream.bytesLeft = ticket.flow.windowBytes();
    streams.put(ticket, stream);
    running.put(ticket.home().worker + "/" + ticket.sequence, stream);
  }

  /** Answers whether it was an effect of a stream on its way. */
  boolean perform(PoolEffect effect) {
    if (effect instanceof PoolEffect.PassOn passOn) {
      pass(passOn.ticket());
    } else if (effect instanceof PoolEffect.Grant grant) {
      grant(grant);
    } else {
      return effect instanceof PoolEffect.Hurry;
    }
    return true;
  }

  private void pass(Ticket ticket) {
    Stream stream = streams.get(ticket);
    assertThat(stream).as("a chunk comes of what is under way").isNotNull();
    assertThat(stream.outcome).as("and not behind its outcome").isNull();
    stream.untaken++;
    assertThat(stream.untaken).isLessThanOrEqualTo(ticket.flow.windowChunks());
  }

  private void grant(PoolEffect.Grant grant) {
    Stream stream = running.get(grant.worker() + "/" + grant.sequence());
    stream.chunksLeft += grant.chunks();
    stream.bytesLeft += grant.bytes();
    int held = stream.untaken;
    assertThat(stream.chunksLeft + held)
        .as("never more than a window is under way")
        .isLessThanOrEqualTo(stream.ticket.flow.windowChunks());
    assertThat(stream.bytesLeft).isLessThanOrEqualTo(stream.ticket.flow.windowBytes());
  }

  /** Holds an outcome until the chunks before it are taken. */
  void hold(Ticket ticket, String outcome) {
    Stream stream = streams.get(ticket);
    assertThat(stream.outcome).as("a stream has one outcome").isNull();
    stream.outcome = outcome;
  }

  /** Tells the consumer the outcome that was held. */
  String finish(Ticket ticket) {
    Stream stream = streams.remove(ticket);
    assertThat(stream.untaken).as("all chunks have been taken").isZero();
    assertThat(stream.outcome).as("and how it ended is known").isNotNull();
    return stream.outcome;
  }

  /** Ends the stream with another outcome, chunks or not. */
  void end(Ticket ticket) {
    streams.remove(ticket);
  }
}
