package io.snakepit.pool.machine;

import org.jspecify.annotations.Nullable;

/**
 * Waiting calls in the order of their arrival. A doubly linked list through the tickets: each step
 * is O(1), but for {@link #insert} of one that does not come last, and {@link #hasAnyOf}.
 */
final class CallQueue {
  private @Nullable Ticket head;
  private @Nullable Ticket tail;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The call that waits longest, or null. */
  @Nullable Ticket peek() {
    return head;
  }

  /**
   * Returns whether the first call arrived before that of another queue; an empty one has no first.
   */
  boolean isAheadOf(CallQueue other) {
    Ticket first = head;
    Ticket rival = other.head;
    return first != null && (rival == null || first.arrival < rival.arrival);
  }

  /** Returns whether a call of that session waits here. Looks at each. */
  boolean hasAnyOf(String session) {
    Ticket each = head;
    while (each != null && !each.call.session().equals(session)) {
      each = each.next;
    }
    return each != null;
  }

  /**
   * Adds a ticket where its arrival belongs: at the end, if it is new, and near the beginning, if
   * it comes back from a worker that was lost.
   */
  void insert(Ticket ticket) {
    ticket.queue = this;
    Ticket after = head;
    if (after != null && after.arrival > ticket.arrival) {
      link(null, ticket, after);
      return;
    }
    Ticket before = tail;
    while (before != null && before.arrival > ticket.arrival) {
      before = before.previous;
    }
    link(before, ticket, before == null ? null : before.next);
  }

  private void link(@Nullable Ticket before, Ticket ticket, @Nullable Ticket after) {
    ticket.previous = before;
    ticket.next = after;
    if (before == null) {
      head = ticket;
    } else {
      before.next = ticket;
    }
    if (after == null) {
      tail = ticket;
    } else {
      after.previous = ticket;
    }
    size++;
  }

  /** Takes out a ticket, which must be in this queue. */
  void remove(Ticket ticket) {
    Ticket before = ticket.previous;
    Ticket after = ticket.next;
    if (before == null) {
      head = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.previous = before;
    }
    ticket.queue = null;
    ticket.previous = null;
    ticket.next = null;
    size--;
  }
}
