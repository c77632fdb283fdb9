package io.snakepit.http;

import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.pool.CallStream;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A stream whose chunks a test yields. Any thread; the rest is for the door's event loop. */
final class FakeStream implements CallStream.Source {
  private final Context context;
  private final CallStream stream;
  private final AtomicInteger taken = new AtomicInteger();
  private int pushed;
  private Runnable lastWord;
  private final CountDownLatch cancelled = new CountDownLatch(1);

  FakeStream(Context context) {
    this.context = context;
    this.stream = new CallStream(context, this, 1, 1);
  }

  CallStream stream() {
    return stream;
  }

  /** Yields JSON values, all within one pass of the event loop. */
  void emit(String... values) {
    Contexts.emit(
        context,
        this,
        here -> {
          for (String value : values) {
            pushed++;
            stream.push(chunk(value));
          }
        });
  }

  static Chunk chunk(String json) {
    return new Chunk("", Buffer.buffer(json), json.startsWith("{\"$"));
  }

  /** Ends once all has been taken, as the pool does. */
  void end(int chunks) {
    StreamEnd how = new StreamEnd("c", "default-1", Duration.ofMillis(12), chunks);
    onceAllIsTaken(() -> stream.finish(how));
  }

  /** Fails once all has been taken, as the pool does. */
  void fail(ErrorCode code, String message) {
    onceAllIsTaken(() -> stream.fail(new SnakepitException(code, message)));
  }

  private void onceAllIsTaken(Runnable last) {
    Contexts.emit(
        context,
        this,
        here -> {
          if (taken.get() == pushed) {
            last.run();
          } else {
            lastWord = last;
          }
        });
  }

  /** Returns how many chunks the door has taken. */
  int takenChunks() {
    return taken.get();
  }

  /** Returns whether the door has cancelled the stream; waits for that. */
  boolean awaitsCancel() throws InterruptedException {
    return cancelled.await(20, TimeUnit.SECONDS);
  }

  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  @Override
  public void taken(int chunks, long bytes) {
    if (taken.addAndGet(chunks) == pushed && lastWord != null) {
      lastWord.run();
    }
  }

  @Override
  public void cancelled() {
    cancelled.countDown();
    stream.fail(new SnakepitException(ErrorCode.CANCELLED, "cancelled"));
  }
}
