package io.snakepit.pool.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bindings of sessions to workers. A worker's end drops its bindings in the same step; what was
 * lost is remembered until the session has been told. Bounded: beyond the limit the session that
 * was used least recently is forgotten where that does no harm. Pure.
 */
final class Affinity {
  private final int maxSessions;
  private final boolean strict;

  /** The one used least recently comes first. */
  private final Map<String, Binding> bindings = new LinkedHashMap<>(16, 0.75f, true);

  /** A session's worker, or the loss of it. */
  private static final class Binding {
    @Nullable WorkerSlot slot;

    /** The worker has ended and the session does not know yet. */
    boolean untold;

    /** Calls that had arrived by then were meant for that worker. */
    long lostAt = -1;
  }

  /**
   * @param strict whether a session must not be forgotten
   */
  Affinity(int maxSessions, boolean strict) {
    this.maxSessions = maxSessions;
    this.strict = strict;
  }

  int size() {
    return bindings.size();
  }

  /** The worker of that session, or null. */
  @Nullable WorkerSlot workerOf(String session) {
    Binding binding = bindings.get(session);
    return binding == null ? null : binding.slot;
  }

  /** Returns whether a session that is bound to no worker can be bound. */
  boolean hasRoomFor(String session) {
    return !strict || bindings.size() < maxSessions || bindings.containsKey(session);
  }

  /**
   * Binds a session that is bound to nobody.
   *
   * @return whether it was bound to a worker that has ended
   */
  boolean bind(String session, WorkerSlot slot) {
    Binding binding = bindings.computeIfAbsent(session, added -> new Binding());
    boolean moved = binding.untold;
    binding.untold = false;
    binding.slot = slot;
    slot.sessions.add(session);
    if (bindings.size() > maxSessions) {
      forgetOldest();
    }
    return moved;
  }

  private void forgetOldest() {
    String oldest = bindings.keySet().iterator().next();
    Binding binding = bindings.remove(oldest);
    if (binding != null && binding.slot != null) {
      binding.slot.sessions.remove(oldest);
    }
  }

  /**
   * Drops the bindings of a worker that takes no more calls of its sessions.
   *
   * @param lastArrival of the calls accepted so far
   */
  void drop(WorkerSlot slot, long lastArrival) {
    for (String session : slot.sessions) {
      Binding binding = bindings.get(session);
      if (binding != null) {
        binding.slot = null;
        binding.untold = true;
        binding.lostAt = lastArrival;
      }
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
