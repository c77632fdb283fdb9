package io.snakepit.pool;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Chunk;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
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
  private final Queue<Chunk> queue = new ArrayDeque<>();

  // All of these: guarded by this.
  private final TakenChunks taken;
  private final StreamEnding ending;
  private long demand = Long.MAX_VALUE;
  private boolean awake;
  private boolean cancelled;
  private @Nullable Handler<Chunk> handler;

  /** The source of the chunks. Called on any thread. */
  public interface Source {
    /** Hears that the consumer has taken so many: as many more may come. */
    void taken(int chunks, long bytes);

    /** Hears that the consumer wants no more; the source answers by {@link CallStream#fail}. */
    void cancelled();
  }

  /** The source of a stream that never begins. */
  private static final class NoSource implements Source {
    @Override
    public void taken(int chunks, long bytes) {}

    @Override
    public void cancelled() {}
  }

  /**
   * @param context the consumer's
   * @param stepChunks how many may be taken before that is told; 1: each is told
   * @param stepBytes the same for their bytes
   */
  public CallStream(Context context, Source source, int stepChunks, long stepBytes) {
    this(context, source, new TakenChunks.Step(stepChunks, stepBytes));
  }

  /**
   * @param context the consumer's
   * @param step how much may be taken before that is told
   */
  CallStream(Context context, Source source, TakenChunks.Step step) {
    this.context = context;
    this.source = source;
    this.ending = new StreamEnding(Contexts.promise(context));
    this.taken = new TakenChunks(step);
  }

  /** Returns a stream that has failed before it began. */
  public static CallStream failed(Context context, SnakepitException why) {
    CallStream stream = new CallStream(context, new NoSource(), 1, 1);
    stream.fail(why);
    return stream;
  }

  // The source's side.

  /** Puts in another chunk. One that comes after the end, or after a cancel, is dropped. */
  public void push(Chunk chunk) {
    synchronized (this) {
      if (cancelled || ending.isOver()) {
        return;
      }
      queue.add(chunk);
    }
    wake();
  }

  /** Has what has been taken told now, and from now on at once. */
  public void hurry() {
    synchronized (this) {
      taken.hurry();
    }
    wake();
  }

  /** Ends the stream: all chunks have been taken, and no more will come. */
  public void finish(StreamEnd how) {
    synchronized (this) {
      if (ending.isOver()) {
        return;
      }
      ending.finish(how);
    }
    wake();
  }

  /** Ends the stream now, whatever has not been taken. */
  public void fail(SnakepitException why) {
    synchronized (this) {
      if (ending.isOver()) {
        return;
      }
      ending.fail(why);
      queue.clear();
    }
    wake();
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
      if (chunk == null) {
        rest.run();
        return;
      }
      handOut(chunk, requireNonNull(to));
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
    TakenChunks.Step step;
    synchronized (this) {
      if (!taken.add(chunk.bytes().length())) {
        return;
      }
      step = taken.next();
    }
    source.taken(step.chunks(), step.bytes());
  }

  private static void nothing() {}

  /** Returns what is to be told once there is nothing more to hand out. Guarded by this. */
  private Runnable restOfPass() {
    Runnable last = ending.lastWord();
    if (!taken.isOverdue()) {
      return last;
    }
    TakenChunks.Step step = taken.next();
    return () -> {
      source.taken(step.chunks(), step.bytes());
      last.run();
    };
  }

  @Override
  public void cancel() {
    synchronized (this) {
      if (cancelled || ending.isOver()) {
        return;
      }
      cancelled = true;
      queue.clear();
    }
    source.cancelled();
  }

  @Override
  public Future<StreamEnd> end() {
    return ending.future();
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
      ending.onEnd(wanted);
      if (!ending.isOver()) {
        return this;
      }
    }
    wake();
    return this;
  }

  @Override
  public CallStream exceptionHandler(@Nullable Handler<Throwable> wanted) {
    synchronized (this) {
      ending.onFailure(wanted);
      if (!ending.isOver()) {
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
    return ending.isOver();
  }
}
