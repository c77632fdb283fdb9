package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.testing.OnLoop;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream as its consumer sees it. Both sides run on one event loop unless a test says else. */
class CallStreamTest implements CallStream.Source {
  private static final StreamEnd END = new StreamEnd("c", "w-1", Duration.ofMillis(1), 3);
  private final SnakepitException failure = new SnakepitException(ErrorCode.WORKER_CRASHED, "gone");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = Contexts.create(vertx);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger taken = new AtomicInteger();
  private final CallStream stream = new CallStream(context, this, 1, 1_000);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Override
  public void taken(int chunks, long bytes) {
    taken.addAndGet(chunks);
  }

  @Override
  public void cancelled() {
    told.add("cancelled");
  }

  /** Does something on the consumer's event loop, and waits until all of it is done. */
  private void here(Runnable action) {
    OnLoop.run(context, action);
  }

  private CallStream listening() {
    return stream
        .handler(chunk -> told.add(chunk.bytes().toString()))
        .endHandler(end -> told.add("end"))
        .exceptionHandler(why -> told.add(((SnakepitException) why).code().name()));
  }

  private void push(String... chunks) {
    for (String chunk : chunks) {
      stream.push(new Chunk("", Buffer.buffer(chunk), false));
    }
  }

  @Test
  void handsChunksOutAsTheyComeAndThenTheEnd() {
    here(
        () -> {
          listening();
          push("1", "2");
          assertThat(told).as("without a change of thread").containsExactly("1", "2");
          stream.finish(END);
        });
    assertThat(told).containsExactly("1", "2", "end");
    assertThat(taken).hasValue(2);
    assertThat(stream.end().result()).isEqualTo(END);
  }

  @Test
  void keepsChunksUntilThereIsAHandler() {
    here(
        () -> {
          push("1", "2");
          assertThat(taken).hasValue(0);
          listening();
        });
    assertThat(told).containsExactly("1", "2");
  }

  @Test
  void handsOutNothingWhilePausedAndAsMuchAsIsFetched() {
    here(
        () -> {
          listening().pause();
          push("1", "2", "3");
          assertThat(told).isEmpty();
          stream.fetch(2);
          assertThat(told).containsExactly("1", "2");
          assertThat(taken).as("only what was handed out counts as taken").hasValue(2);
          stream.resume();
        });
    assertThat(told).containsExactly("1", "2", "3");
  }

  @Test
  void aHandlerMayPauseAndFetchWhileItIsCalled() {
    here(
        () -> {
          stream.handler(
              chunk -> {
                told.add(chunk.bytes().toString());
                stream.pause();
                stream.fetch(1);
              });
          push("1", "2", "3");
        });
    assertThat(told).containsExactly("1", "2", "3");
  }

  @Test
  void aHandlerThatPausesGetsNoMore() {
    here(
        () -> {
          stream.handler(
              chunk -> {
                told.add(chunk.bytes().toString());
                stream.pause();
              });
          push("1", "2");
        });
    assertThat(told).containsExactly("1");
  }

  @Test
  void refusesToFetchLessThanNothing() {
    assertThatThrownBy(() -> stream.fetch(-1)).hasMessageContaining("at least 0: got -1");
  }

  /** Fails if a chunk can come behind a cancel. */
  @Test
  void handsOutNothingAfterACancel() {
    here(
        () -> {
          listening().pause();
          push("1");
          stream.cancel();
          stream.cancel();
          stream.resume();
          push("2");
          stream.fail(new SnakepitException(ErrorCode.CANCELLED, "cancelled"));
          push("3");
        });
    assertThat(told).containsExactly("cancelled", "CANCELLED");
    assertThat(taken).hasValue(0);
  }

  /** S2: fails if a consumer that throws gets the next chunk, or never hears of the end. */
  @Test
  void aHandlerThatThrowsCancels() {
    List<Throwable> reported = new CopyOnWriteArrayList<>();
    context.exceptionHandler(reported::add);
    IllegalStateException fault = new IllegalStateException("a consumer's fault");
    here(
        () -> {
          stream.handler(
              chunk -> {
                told.add(chunk.bytes().toString());
                throw fault;
              });
          push("1", "2");
        });
    assertThat(told).containsExactly("1", "cancelled");
    assertThat(reported).containsExactly(fault);
  }

  @Test
  void aFailureComesAtOnceAlsoToWhoHasPaused() {
    here(
        () -> {
          listening().pause();
          push("1");
          stream.fail(failure);
          stream.resume();
        });
    assertThat(told).containsExactly("WORKER_CRASHED");
    assertThat(stream.end().cause()).isSameAs(failure);
  }

  @Test
  void tellsOneEnd() {
    here(
        () -> {
          listening();
          stream.finish(END);
          stream.fail(failure);
          stream.finish(END);
          stream.cancel();
        });
    assertThat(told).containsExactly("end");
  }

  /** Fails if a chunk comes behind the end that the consumer has been told. */
  @Test
  void handsOutNothingAfterTheEnd() {
    here(
        () -> {
          listening();
          stream.fail(failure);
          push("1");
        });
    assertThat(told).containsExactly("WORKER_CRASHED");
    assertThat(taken).hasValue(0);
  }

  /** Fails if what is wanted runs over, so that nothing is handed out any more. */
  @Test
  void whoWantsAllAndThenMoreGetsAll() {
    here(
        () -> {
          listening().resume();
          stream.fetch(1);
          push("1", "2");
        });
    assertThat(told).containsExactly("1", "2");
  }

  @Test
  void saysWhetherItIsOver() {
    assertThat(stream).hasToString("CallStream[open]");
    here(() -> stream.finish(END));
    assertThat(stream).hasToString("CallStream[ended]");
  }

  @Test
  void tellsWhoAsksTooLate() {
    CallStream failed = CallStream.failed(context, failure);
    await().until(() -> failed.end().isComplete());
    here(() -> failed.exceptionHandler(why -> told.add("failed")));
    here(() -> stream.finish(END));
    here(() -> stream.endHandler(end -> told.add("ended")));
    assertThat(told).containsExactly("failed", "ended");
  }

  @Test
  void tellsInStepsWhatHasBeenTakenUnlessThereIsAHurry() {
    CallStream far = new CallStream(context, this, 3, 1_000);
    here(
        () -> {
          far.handler(chunk -> {});
          far.push(chunk(1));
          far.push(chunk(1));
          assertThat(taken).hasValue(0);
          far.push(chunk(1));
          assertThat(taken).hasValue(3);
          far.push(chunk(1));
          assertThat(taken).hasValue(3);
          far.hurry();
          assertThat(taken).as("what has been taken is told").hasValue(4);
          far.push(chunk(1));
          assertThat(taken).as("and each from then on").hasValue(5);
        });
  }

  @Test
  void tellsByBytesToo() {
    CallStream far = new CallStream(context, this, 100, 1_000);
    here(
        () -> {
          far.handler(chunk -> {});
          far.push(chunk(999));
          assertThat(taken).hasValue(0);
          far.push(chunk(1));
          assertThat(taken).hasValue(2);
        });
  }

  private static Chunk chunk(int bytes) {
    return new Chunk("", Buffer.buffer(new byte[bytes]), false);
  }

  /** Two threads: every chunk arrives, once and in order, whoever is faster. */
  @Test
  void losesNothingBetweenTwoThreads() {
    int count = 200_000;
    AtomicInteger next = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    here(
        () ->
            stream
                .handler(
                    chunk -> {
                      if (chunk.bytes().getInt(0) != next.getAndIncrement()) {
                        wrong.incrementAndGet();
                      }
                      assertThat(Vertx.currentContext()).isSameAs(context);
                      if (next.get() % 1_000 == 0) {
                        stream.pause();
                        context.runOnContext(later -> stream.resume());
                      }
                    })
                .endHandler(end -> ended.complete(null)));
    for (int i = 0; i < count; i++) {
      stream.push(new Chunk("", Buffer.buffer(4).appendInt(i), false));
      while (i - taken.get() > 1_000) {
        Thread.onSpinWait();
      }
    }
    await().until(() -> taken.get() == count);
    stream.finish(END);
    ended.orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(wrong).hasValue(0);
    assertThat(next).hasValue(count);
  }
}
