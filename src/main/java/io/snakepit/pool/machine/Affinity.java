package io.snakepit.pool.machine;

import static java.util.Objects.requireNonNull;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The bindings of sessions to workers. A worker's end drops its bindings in the same step; what was
 * lost is remembered until the session has been told. Bounded: what is idle for too long is
 * dropped, and beyond the limit the session that was used least recently is forgotten where that
 * does no harm. Pure.
 */
final class Affinity {
  private final int maxSessions;
  private final long idleNanos;
  private final Predicate<String> waits;

  /** The one used least recently comes first: whatever is used is taken out and put in again. */
  private final Map<String, Binding> bindings = new LinkedHashMap<>();

  /** A session's worker, or the loss of it. */
  private static final class Binding {
    WorkerSlot slot;

    /** The worker takes no more calls of the session. */
    boolean lost;

    /** The worker has ended and the session does not know yet. */
    boolean untold;

    /** Calls that had arrived by then were meant for that worker. */
    long lostAt = -1;

    long lastUsed;

    Binding(WorkerSlot slot) {
      this.slot = slot;
    }
  }

  /**
   * @param waits tells of a session whether a call of it waits to settle somewhere
   */
  Affinity(PoolLimits.Sessions limits, Predicate<String> waits) {
    this.waits = waits;
    this.maxSessions = limits.max();
    this.idleNanos = limits.idleNanos();
  }

  int size() {
    return bindings.size();
  }

  /** The worker of that session, or null. The session counts as used now. */
  @Nullable WorkerSlot workerOf(String session, long now) {
    Binding binding = use(session, now);
    return binding == null || binding.lost ? null : binding.slot;
  }

  /** Notes that a session was used now. */
  private @Nullable Binding use(String session, long now) {
    Binding binding = bindings.remove(session);
    if (binding != null) {
      binding.lastUsed = now;
      bindings.put(session, binding);
    }
    return binding;
  }

  /** Notes that a call of a session has ended: from now on it is idle. */
  void ended(String session, long now) {
    use(session, now);
  }

  /**
   * Drops what has been idle for too long; a session with a call that waits, or is in its worker,
   * is not. What is dropped is not told of its loss: its time was over.
   */
  void expire(long now) {
    while (!bindings.isEmpty()) {
      Iterator<Map.Entry<String, Binding>> oldest = bindings.entrySet().iterator();
      Map.Entry<String, Binding> first = oldest.next();
      String session = first.getKey();
      Binding binding = first.getValue();
      if (now - binding.lastUsed <= idleNanos) {
        return;
      }
      if (binding.slot.serves(session) || waits.test(session)) {
        use(session, now);
      } else {
        remove(oldest, first);
      }
    }
  }

  /** Drops the binding that an iterator has just come to. */
  private static void remove(
      Iterator<Map.Entry<String, Binding>> at, Map.Entry<String, Binding> entry) {
    at.remove();
    entry.getValue().slot.sessions.remove(entry.getKey());
  }

  /**
   * Returns whether a session that is bound to no worker can be bound without another's being
   * forgotten.
   */
  boolean hasRoomFor(String session) {
    return bindings.size() < maxSessions || bindings.containsKey(session);
  }

  /**
   * Binds a session that is bound to nobody.
   *
   * @return whether it was bound to a worker that has ended
   */
  boolean bind(String session, WorkerSlot slot, long now) {
    Binding binding = use(session, now);
    if (binding == null) {
      binding = new Binding(slot);
      binding.lastUsed = now;
      bindings.put(session, binding);
    }
    boolean moved = binding.untold;
    binding.untold = false;
    binding.lost = false;
    binding.slot = slot;
    slot.sessions.add(session);
    if (bindings.size() > maxSessions) {
      forgetOldest();
    }
    return moved;
  }

  private void forgetOldest() {
    Iterator<Map.Entry<String, Binding>> oldest = bindings.entrySet().iterator();
    remove(oldest, oldest.next());
  }

  /**
   * Drops the bindings of a worker that takes no more calls of its sessions.
   *
   * @param lastArrival of the calls accepted so far
   */
  void drop(WorkerSlot slot, long lastArrival) {
    for (String session : slot.sessions) {
      Binding binding = requireNonNull(bindings.get(session));
      binding.lost = true;
      binding.untold = true;
      binding.lostAt = lastArrival;
    }
    slot.sessions.clear();
  }

  /**
   * Returns whether a call comes to know that its session's worker has ended: each that had arrived
   * by then, and the first after. Only of sessions that are bound to nobody.
   */
  boolean tellsLoss(String session, long arrival) {
    Binding binding = bindings.get(session);
    if (binding == null) {
      return false;
    }
    if (arrival <= binding.lostAt) {
      return true;
    }
    boolean tells = binding.untold;
    binding.untold = false;
    return tells;
  }
}
