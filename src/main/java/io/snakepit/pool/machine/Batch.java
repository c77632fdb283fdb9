package io.snakepit.pool.machine;

import java.util.List;

/**
 * Calls that went to a worker together and run there as one. They take one unit of its capacity,
 * which is free when all are answered, and can only be interrupted together: once nobody waits for
 * any of them.
 */
final class Batch {
  private final List<Ticket> tickets;
  private int left;
  private boolean cancelled;

  Batch(List<Ticket> tickets) {
    this.tickets = List.copyOf(tickets);
    this.left = tickets.size();
  }

  /** Notes that the worker has answered one of the calls, and returns whether it was the last. */
  boolean answered() {
    return --left == 0;
  }

  /** Returns the calls that the worker has not answered yet. */
  List<Ticket> unanswered() {
    return tickets.stream().filter(ticket -> ticket.slot != null).toList();
  }

  /**
   * Returns whether the batch is to be interrupted now, which it says once. Only of one that the
   * worker has not answered whole.
   */
  boolean becomesUnwanted() {
    if (cancelled || unanswered().stream().anyMatch(t -> t.state != Ticket.State.ABANDONED)) {
      return false;
    }
    cancelled = true;
    return true;
  }
}
