package io.snakepit.pool;

import org.jspecify.annotations.Nullable;

/**
 * Waiting calls, first in first out. A doubly linked list through the tickets: each step is O(1).
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

  void add(Ticket ticket) {
    Ticket last = tail;
    ticket.previous = last;
    ticket.next = null;
    if (last == null) {
      head = ticket;
    } else {
      last.next = ticket;
    }
    tail = ticket;
    size++;
  }

  /** The call that waits longest, or null. */
  @Nullable Ticket peek() {
    return head;
  }

  /** Takes the call that waits longest, or null. */
  @Nullable Ticket poll() {
    Ticket first = head;
    if (first != null) {
      remove(first);
    }
    return first;
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
    ticket.previous = null;
    ticket.next = null;
    size--;
  }
}
