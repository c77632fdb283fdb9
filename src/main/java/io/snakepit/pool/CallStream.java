package io.snakepit.pool;

import io.snakepit.api.Chunk;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A stream on its way from its pool's event loop, which puts chunks in, to its consumer's context,
 * which takes them out. Holds no more than the pool lets in, which is a window.
 *
 * <p>Both sides may be on one event loop: a chunk then goes through without a change of thread. If
 * they aren't, what is put in while the consumer's thread is on its way wakes nobody a second time,
 * and what has been taken is told in steps.
 */
public final class CallStream implements ChunkStream {
  private final Context context;
  private final Source source;
  private final Promise<StreamEnd> end;
  private final Queue<Chunk> queue = new ArrayDeque<>();
  private final int stepChunks;
  private final long stepBytes;

  // All of these: guarded by this.
  private long demand = Long.MAX_VALUE;
  private boolean awake;
  private boolean cancelled;
  private boolean urgent;
  private boolean told;
  private int takenChunks;
  private long takenBytes;
  private @Nullable StreamEnd ended;
  private @Nullable SnakepitException failure;
  private @Nullable Handler<Chunk> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;

  /** Where the chunks come from. Called on any thread. */
  public interface Source {
    /** The consumer has taken so many: as many more may come. */
    void taken(int chunks, long bytes);

    /** The consumer wants no more; the source answers by {@link CallStream#fail}. */
    void cancelled();
  }

  /**
   * @param context the consumer's
   * @param stepChunks how many may be taken before that is told; 1: each is told
   * @param stepBytes the same for their bytes
   */
  public CallStream(Context context, Source source, int stepChunks, long stepBytes) {
    this.context = context;
    this.source = source;
    this.end = Contexts.promise(context);
    this.stepChunks = stepChunks;
    this.stepBytes = stepBytes;
  }

  /** One that has failed before it began. */
  public static CallStream failed(Context context, SnakepitException why) {
    Source none =
        new Source() {
          @Override
          public void taken(int chunks, long bytes) {}

          @Override
          public void cancelled() {}
        };
    CallStream stream = new CallStream(context, none, 1, 1);
    stream.fail(why);
    return stream;
  }

  // The source's side.

  /** Another chunk. One that comes after the end, or after a cancel, is dropped. */
  public void push(Chunk chunk) {
    synchronized (this) {
      if (cancelled || isOver()) {
        return;
      }
      queue.add(chunk);
    }
    wake();
  }

  /** From now on whatever is taken is told at once, and what has been is told now. */
  public void hurry() {
    synchronized (this) {
      urgent = true;
    }
    wake();
  }

  /** All chunks have been taken, and no more will come. */
  public void finish(StreamEnd how) {
    synchronized (this) {
      if (isOver()) {
        return;
      }
      ended = how;
    }
    wake();
  }

  /** The stream ends now, whatever has not been taken. */
  public void fail(SnakepitException why) {
    synchronized (this) {
      if (isOver()) {
        return;
      }
      failure = why;
      queue.clear();
    }
    wake();
  }

  private boolean isOver() {
    return ended != null || failure != null;
  }

  // The consumer's side.

  private void wake() {
    synchronized (this) {
      if (awake) {
        return;
      }
      awake = true;
    }
    Contexts.emit(context, this, CallStream::drain);
  }

  /** Hands out all that is wanted. Only one thread at a time is here: who has set {@code awake}. */
  private void drain() {
    while (true) {
      Chunk chunk;
      Handler<Chunk> to;
      Runnable rest = CallStream::nothing;
      synchronized (this) {
        to = handler;
        chunk = demand > 0 && to != null ? queue.poll() : null;
        if (chunk != null) {
          demand -= demand == Long.MAX_VALUE ? 0 : 1;
        } else {
          awake = false; // whoever puts something in from here on wakes it again
          rest = restOfPass();
        }
      }
      if (chunk == null || to == null) {
        rest.run();
        return;
      }
      handOut(chunk, to);
    }
  }

  private void handOut(Chunk chunk, Handler<Chunk> to) {
    try {
      to.handle(chunk);
    } catch (Throwable thrown) {
      cancel();
      Contexts.reportException(context, thrown);
      return;
    }
    int chunks;
    long bytes;
    synchronized (this) {
      takenChunks++;
      takenBytes += chunk.bytes().length();
      if (!urgent && takenChunks < stepChunks && takenBytes < stepBytes) {
        return;
      }
      chunks = takenChunks;
      bytes = takenBytes;
      takenChunks = 0;
      takenBytes = 0;
    }
    source.taken(chunks, bytes);
  }

  private static void nothing() {}

  /** What is to be told once there is nothing more to hand out. Guarded by this. */
  private Runnable restOfPass() {
    Runnable last = lastWord();
    if (!urgent || takenChunks == 0) {
      return last;
    }
    int chunks = takenChunks;
    long bytes = takenBytes;
    takenChunks = 0;
    takenBytes = 0;
    return () -> {
      source.taken(chunks, bytes);
      last.run();
    };
  }

  /**
   * What is to be told of the end, once; handlers that are not there yet are told when they are.
   */
  private Runnable lastWord() {
    StreamEnd how = ended;
    SnakepitException why = failure;
    if (how == null && why == null) {
      return CallStream::nothing;
    }
    boolean first = !told;
    told = true;
    Handler<Void> onEnd = endHandler;
    Handler<Throwable> onFailure = exceptionHandler;
    endHandler = null;
    exceptionHandler = null;
    return () -> {
      if (first) {
        settle(how, why);
      }
      if (how != null && onEnd != null) {
        onEnd.handle(null);
      } else if (why != null && onFailure != null) {
        onFailure.handle(why);
      }
    };
  }

  private void settle(@Nullable StreamEnd how, @Nullable SnakepitException why) {
    if (how != null) {
      end.complete(how);
    } else if (why != null) {
      end.fail(why);
    }
  }

  @Override
  public void cancel() {
    synchronized (this) {
      if (cancelled || isOver()) {
        return;
      }
      cancelled = true;
      queue.clear();
    }
    source.cancelled();
  }

  @Override
  public Future<StreamEnd> end() {
    return end.future();
  }

  @Override
  public CallStream handler(@Nullable Handler<Chunk> wanted) {
    synchronized (this) {
      handler = wanted;
    }
    wake();
    return this;
  }

  @Override
  public CallStream endHandler(@Nullable Handler<Void> wanted) {
    synchronized (this) {
      endHandler = wanted;
      if (!isOver()) {
        return this;
      }
    }
    wake();
    return this;
  }

  @Override
  public CallStream exceptionHandler(@Nullable Handler<Throwable> wanted) {
    synchronized (this) {
      exceptionHandler = wanted;
      if (!isOver()) {
        return this;
      }
    }
    wake();
    return this;
  }

  @Override
  public CallStream pause() {
    synchronized (this) {
      demand = 0;
    }
    return this;
  }

  @Override
  public CallStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public CallStream fetch(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("amount must be at least 0: got " + amount);
    }
    synchronized (this) {
      demand += amount;
      if (demand < 0) {
        demand = Long.MAX_VALUE;
      }
    }
    wake();
    return this;
  }

  @Override
  public String toString() {
    return "CallStream[" + (isDone() ? "ended" : "open") + "]";
  }

  private synchronized boolean isDone() {
    return isOver();
  }
}
