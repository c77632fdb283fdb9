package io.snakepit.api.waiting;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Holder of what a large answer, or the large pieces of one, have taken of their budget, from the
 * moment that they are handed to a door until the door's client has taken them, or is gone. Any
 * thread may call all of it.
 */
public final class AnswerHold {
  private final Queue<ByteLease> leases = new ArrayDeque<>(1);
  private boolean released;

  /** Takes over the lease of what is about to be handed over. */
  public void take(ByteLease lease) {
    synchronized (this) {
      if (!released) {
        leases.add(lease);
        return;
      }
    }
    lease.release();
  }

  /** Returns whether it holds anything. */
  public synchronized boolean isHolding() {
    return !leases.isEmpty();
  }

  /** Gives back what the first of several pieces has taken. */
  public void releaseFirst() {
    ByteLease first = poll();
    if (first != null) {
      first.release();
    }
  }

  private synchronized @Nullable ByteLease poll() {
    return leases.poll();
  }

  /** Gives back all that it holds, and whatever comes from now on. Again it does nothing. */
  public void release() {
    List<ByteLease> held;
    synchronized (this) {
      released = true;
      held = List.copyOf(leases);
      leases.clear();
    }
    held.forEach(ByteLease::release);
  }
}
