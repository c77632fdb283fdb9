package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.testing.OnLoop;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Arguments that come piece by piece, to a worker with a window of 100 bytes. */
class UploadTest {
  private static final long WINDOW = 100;

  private final Vertx vertx = Vertx.vertx();
  private final Context home = Contexts.create(vertx);
  private final Source source = new Source();
  private final List<String> sent = new ArrayList<>();
  private int broken;

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** Hands out pieces only as they are fetched, as a paused request does. */
  private static final class Source implements ReadStream<Buffer> {
    final Queue<Buffer> pieces = new ArrayDeque<>();
    Handler<Buffer> handler;
    Handler<Void> endHandler;
    Handler<Throwable> exceptionHandler;
    long demand;
    boolean over;
    int handedOut;

    void has(int... sizes) {
      for (int size : sizes) {
        pieces.add(Buffer.buffer(new byte[size]));
      }
      flow();
    }

    void ends() {
      over = true;
      flow();
    }

    private void flow() {
      while (demand > 0 && !pieces.isEmpty()) {
        demand--;
        handedOut++;
        handler.handle(pieces.remove());
      }
      if (over && pieces.isEmpty() && endHandler != null) {
        over = false;
        endHandler.handle(null);
      }
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> wanted) {
      exceptionHandler = wanted;
      return this;
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> wanted) {
      handler = wanted;
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      demand = 0;
      return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
      return fetch(Long.MAX_VALUE);
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      demand += amount;
      flow();
      return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> wanted) {
      endHandler = wanted;
      return this;
    }
  }

  private void here(Runnable action) {
    OnLoop.run(home, action);
  }

  private Upload begun() {
    Upload upload = new Upload(Call.of("t").upload(source, "text/plain"), home);
    upload.begin(
        (bytes, last) -> sent.add(last ? "last" : String.valueOf(bytes.length())),
        WINDOW,
        () -> broken++);
    return upload;
  }

  @Test
  void sendsPiecesAsTheyComeAndThenTheEnd() {
    here(
        () -> {
          begun();
          source.has(10, 20);
          source.ends();
        });
    assertThat(sent).containsExactly("10", "20", "last");
  }

  @Test
  void sendsTheEndOfNothing() {
    here(
        () -> {
          source.ends();
          begun();
        });
    assertThat(sent).containsExactly("last");
  }

  /** Fails if more is read than the worker has room for. */
  @Test
  void readsNoFurtherThanTheWindow() {
    here(
        () -> {
          Upload upload = begun();
          source.has(60, 60, 60);
          assertThat(sent).containsExactly("60", "40");
          assertThat(source.handedOut).isEqualTo(2);
          assertThat(upload.taken(50)).isTrue();
          assertThat(sent).containsExactly("60", "40", "20", "30");
          assertThat(upload.taken(100)).isTrue();
          assertThat(sent).endsWith("30", "30");
          source.ends();
        });
    assertThat(sent).endsWith("last");
  }

  @Test
  void cutsAPieceThatIsLargerThanTheWindow() {
    here(
        () -> {
          Upload upload = begun();
          source.has(250);
          source.ends();
          upload.taken(100);
          upload.taken(100);
        });
    assertThat(sent).containsExactly("100", "100", "50", "last");
  }

  /** Fails if a piece is asked for that there is no room for. */
  @Test
  void asksForNothingWhenTheWindowIsJustFull() {
    here(
        () -> {
          Upload upload = begun();
          source.has(100, 30);
          assertThat(source.handedOut).isEqualTo(1);
          upload.taken(1);
          assertThat(source.handedOut).isEqualTo(2);
        });
    assertThat(sent).containsExactly("100", "1");
  }

  @Test
  void whatHasBeenAskedForIsDroppedOnceItIsClosed() {
    here(
        () -> {
          Upload upload = begun();
          upload.close();
          source.has(10);
          source.ends();
        });
    assertThat(sent).isEmpty();
  }

  @Test
  void refusesCreditForWhatItHasNotSent() {
    here(
        () -> {
          Upload upload = begun();
          source.has(10);
          assertThat(upload.taken(11)).isFalse();
          assertThat(upload.taken(-1)).isFalse();
          assertThat(upload.taken(10)).isTrue();
        });
  }

  @Test
  void sendsNothingOnceItIsClosed() {
    here(
        () -> {
          Upload upload = begun();
          source.has(100, 30);
          upload.close();
          upload.taken(100);
          source.has(40);
          source.ends();
        });
    assertThat(sent).containsExactly("100");
  }

  /** Fails if a source that says twice that it is over ends the arguments twice. */
  @Test
  void sendsTheEndOnce() {
    here(
        () -> {
          begun();
          source.ends();
          source.endHandler.handle(null);
        });
    assertThat(sent).containsExactly("last");
  }

  /** Arguments that belong to no context are read where the pool is. */
  @Test
  void readsWhatBelongsToNobodyOnThePoolsContext() {
    Upload upload = new Upload(Call.of("t").upload(new Checked(source, home), "x/y"), home);
    here(
        () -> {
          upload.begin(
              (bytes, last) -> sent.add(last ? "last" : String.valueOf(bytes.length())),
              WINDOW,
              () -> broken++);
          source.has(10);
          source.ends();
        });
    assertThat(sent).containsExactly("10", "last");
  }

  @Test
  void tellsThatNoMoreWillCome() {
    here(
        () -> {
          begun();
          source.exceptionHandler.handle(new IllegalStateException("lost"));
        });
    assertThat(broken).isEqualTo(1);
  }

  /** Fails with an overflow of the stack if each piece is asked for within the one before. */
  @Test
  void takesAnyNumberOfPiecesThatAreThereAlready() {
    Upload[] upload = new Upload[1];
    here(
        () -> {
          int[] sizes = new int[100_000];
          source.has(sizes);
          upload[0] = begun();
          source.ends();
        });
    assertThat(sent).hasSize(100_001).endsWith("last");
  }

  /** The bytes belong to another event loop: they are read there, and sent here. */
  @Test
  void readsOnTheContextThatTheBytesBelongTo() throws Exception {
    Context there = Contexts.create(vertx);
    CompletableFuture<Upload> made = new CompletableFuture<>();
    there.runOnContext(
        go ->
            made.complete(
                new Upload(Call.of("t").upload(new Checked(source, there), "x/y"), home)));
    Upload upload = made.get(20, TimeUnit.SECONDS);
    here(
        () ->
            upload.begin(
                (bytes, last) -> {
                  assertThat(Vertx.currentContext()).isSameAs(home);
                  sent.add(last ? "last" : String.valueOf(bytes.length()));
                },
                WINDOW,
                () -> broken++));
    there.runOnContext(
        go -> {
          source.has(70, 70);
          source.ends();
        });
    org.awaitility.Awaitility.await().until(() -> sent.contains("30"));
    here(() -> upload.taken(100));
    org.awaitility.Awaitility.await().until(() -> sent.contains("last"));
    assertThat(sent).containsExactly("70", "30", "40", "last");
  }

  /** Fails where it is fetched on another context than its own. */
  private record Checked(Source source, Context owner) implements ReadStream<Buffer> {
    private void check() {
      assertThat(Vertx.currentContext()).isSameAs(owner);
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> wanted) {
      return source.exceptionHandler(wanted);
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> wanted) {
      check();
      return source.handler(wanted);
    }

    @Override
    public ReadStream<Buffer> pause() {
      check();
      return source.pause();
    }

    @Override
    public ReadStream<Buffer> resume() {
      check();
      return source.resume();
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      check();
      return source.fetch(amount);
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> wanted) {
      check();
      return source.endHandler(wanted);
    }
  }
}
