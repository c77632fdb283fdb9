package io.snakepit.pool.machine;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tickets by the time at which something is due for them: a binary heap in which each ticket knows
 * its place, so that a call answered in time leaves it at once. Each step is O(log n), and nearly
 * O(1) when deadlines come in order, as they do when all calls have the same timeout.
 *
 * <p>Times are nanoseconds of a clock that may be negative and wrap, so they are compared by their
 * difference.
 */
final class DeadlineHeap {
  private @Nullable Ticket[] heap = new Ticket[64];
  private int size;

  int size() {
    return size;
  }

  /** The ticket that is due first, or null. */
  @Nullable Ticket peek() {
    return size == 0 ? null : heap[0];
  }

  /** Adds a ticket, or moves one that is in the heap already. */
  void schedule(Ticket ticket, long wakeAt) {
    ticket.wakeAt = wakeAt;
    if (ticket.heapIndex < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      place(ticket, size++);
    }
    siftUp(ticket);
    siftDown(ticket);
  }

  /** Takes a ticket out; one that is not in the heap stays out. */
  void cancel(Ticket ticket) {
    int index = ticket.heapIndex;
    if (index < 0) {
      return;
    }
    ticket.heapIndex = -1;
    Ticket last = at(--size);
    heap[size] = null;
    if (last != ticket) {
      place(last, index);
      siftUp(last);
      siftDown(last);
    }
  }

  private void siftUp(Ticket ticket) {
    while (ticket.heapIndex > 0) {
      Ticket parent = at((ticket.heapIndex - 1) / 2);
      if (!before(ticket, parent)) {
        return;
      }
      swap(ticket, parent);
    }
  }

  private void siftDown(Ticket ticket) {
    while (true) {
      int left = 2 * ticket.heapIndex + 1;
      if (left >= size) {
        return;
      }
      Ticket child = at(left);
      if (left + 1 < size && before(at(left + 1), child)) {
        child = at(left + 1);
      }
      if (!before(child, ticket)) {
        return;
      }
      swap(child, ticket);
    }
  }

  private static boolean before(Ticket a, Ticket b) {
    return a.wakeAt - b.wakeAt < 0;
  }

  private void swap(Ticket a, Ticket b) {
    int place = a.heapIndex;
    place(a, b.heapIndex);
    place(b, place);
  }

  private void place(Ticket ticket, int index) {
    heap[index] = ticket;
    ticket.heapIndex = index;
  }

  private Ticket at(int index) {
    return requireNonNull(heap[index]);
  }
}
