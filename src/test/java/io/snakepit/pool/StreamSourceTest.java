package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.pool.machine.Flow;
import io.snakepit.pool.machine.NoCaller;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.testing.OnLoop;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The wishes of a stream's consumer, before and after the pool has its call. */
class StreamSourceTest implements StreamSource.Pool {
  private final Vertx vertx = Vertx.vertx();
  private final Context home = Contexts.create(vertx);
  private final StreamSource source = new StreamSource(home, this);
  private final CallStream stream = new CallStream(home, source, 1, 1);
  private final Promise<Call> coming = Promise.promise();
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Override
  public Ticket stream(Call call, long acceptedAt, CallStream made) {
    told.add("stream");
    return NoCaller.ticket(call, "c1", acceptedAt, new Flow(1, 1));
  }

  @Override
  public void taken(Ticket ticket, int chunks, long bytes) {
    told.add("taken " + chunks + " " + bytes + " of " + ticket.id);
  }

  @Override
  public void cancel(Ticket ticket) {
    told.add("cancel " + ticket.id);
  }

  /** Fails if a consumer who leaves while his arguments are written has a worker run for nobody. */
  @Test
  void whoLeavesBeforeThePoolHasTheCallHasItCancelledThen() {
    OnLoop.run(
        home,
        () -> {
          source.begin(coming.future(), stream);
          stream.cancel();
          assertThat(told).isEmpty();
          coming.complete(Call.of("tool"));
        });
    assertThat(told).containsExactly("stream", "cancel c1");
  }

  @Test
  void whoStaysIsHeardAsItHappens() {
    OnLoop.run(
        home,
        () -> {
          source.begin(coming.future(), stream);
          coming.complete(Call.of("tool"));
          stream.handler(chunk -> told.add("chunk"));
          stream.push(new Chunk("", Buffer.buffer("123"), false));
          stream.cancel();
        });
    assertThat(told).containsExactly("stream", "chunk", "taken 1 3 of c1", "cancel c1");
  }
}
