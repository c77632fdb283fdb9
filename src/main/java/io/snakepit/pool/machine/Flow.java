package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.PassOn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flow of a call's answer from Python to its consumer: what has come and was not taken, and
 * what was taken and not granted to Python again. Both together never exceed the window. Part of a
 * {@link Ticket}.
 *
 * <p>Credit is granted in steps of half a window, so that a worker seldom has to read one; earlier
 * only when it says that it is blocked, since it may then wait for the last byte of the window.
 */
public final class Flow {
  private final int windowChunks;
  private final long windowBytes;
  private int untaken;
  private long untakenBytes;
  private int ungranted;
  private long ungrantedBytes;
  private boolean blocked;

  /** Number of chunks that have come. */
  public long chunks;

  /** Time at which something came or was taken last. */
  long movedAt;

  /** Name of the worker in which the call runs, or ran. */
  public String worker = "";

  /**
   * Failure with which the call has ended, once it has: null for a result. Only while chunks are
   * left.
   */
  @Nullable ErrorCode outcome;

  /** The effect that is caused by each chunk; made once. */
  private @Nullable List<PoolEffect> passOn;

  public Flow(int windowChunks, long windowBytes) {
    this.windowChunks = windowChunks;
    this.windowBytes = windowBytes;
  }

  /** Begins the flow, perhaps once more, in that worker. */
  void begin(String in, long now) {
    worker = in;
    movedAt = now;
    blocked = false;
  }

  /**
   * A chunk comes.
   *
   * @return whether there was credit for it; if not, nothing has changed
   */
  boolean admit(long bytes, long now) {
    long before = untakenBytes + ungrantedBytes;
    boolean fits = before + bytes <= windowBytes || before == 0;
    if (!fits || untaken + ungranted >= windowChunks) {
      return false;
    }
    untaken++;
    untakenBytes += bytes;
    chunks++;
    blocked = false;
    movedAt = now;
    return true;
  }

  /** The consumer has taken so much. */
  void taken(int count, long bytes, long now) {
    untaken -= count;
    untakenBytes -= bytes;
    ungranted += count;
    ungrantedBytes += bytes;
    movedAt = now;
  }

  /**
   * The worker waits for credit.
   *
   * @return whether that is news: it says so once until it can send again
   */
  boolean block() {
    boolean news = !blocked;
    blocked = true;
    return news;
  }

  /** Returns whether it is time to grant what has been taken. */
  boolean isGrantDue() {
    return ungranted > 0
        && (blocked || 2 * ungranted >= windowChunks || 2 * ungrantedBytes >= windowBytes);
  }

  /** Grants all that has been taken. */
  PoolEffect.Grant grant(long sequence) {
    PoolEffect.Grant grant = new PoolEffect.Grant(worker, sequence, ungranted, ungrantedBytes);
    ungranted = 0;
    ungrantedBytes = 0;
    return grant;
  }

  /** Returns whether the consumer has still some to take. */
  boolean hasUntaken() {
    return untaken > 0;
  }

  List<PoolEffect> passOn(Ticket ticket) {
    List<PoolEffect> known = passOn;
    if (known == null) {
      known = List.of(new PassOn(ticket));
      passOn = known;
    }
    return known;
  }

  public int windowChunks() {
    return windowChunks;
  }

  public long windowBytes() {
    return windowBytes;
  }
}
