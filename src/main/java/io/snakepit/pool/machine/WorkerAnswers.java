package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of workers about the calls that they run. Each method returns what is to be done; a
 * worker that says what has no place in the conversation is killed, and one that is gone is not
 * heard.
 */
public final class WorkerAnswers {
  private final Crew crew;
  private final Completion completion;
  private final Streams streams;
  private final Eviction eviction;
  private final PoolHealth health;
  private final Standstill standstill;
  private final ForkTrial trial;

  WorkerAnswers(
      Crew crew,
      Completion completion,
      Streams streams,
      Eviction eviction,
      PoolHealth health,
      Standstill standstill,
      ForkTrial trial) {
    this.crew = crew;
    this.completion = completion;
    this.streams = streams;
    this.eviction = eviction;
    this.health = health;
    this.standstill = standstill;
    this.trial = trial;
  }

  /**
   * Takes the answer to the call of that sequence.
   *
   * @param failure the code of the answer, or null for a result
   * @param residentBytes what the worker holds after the call; 0: not told
   */
  public List<PoolEffect> completed(
      String worker, long sequence, @Nullable ErrorCode failure, long residentBytes, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return List.of();
    }
    Ticket ticket = slot.running.remove(sequence);
    if (ticket == null) {
      return eviction.breach(slot, Explanations.strayMessage("an answer", sequence), now);
    }
    health.answered(now);
    if (isAwaited(ticket)) {
      trial.answered(slot, failure);
    }
    List<PoolEffect> effects = completion.completed(slot, ticket, failure, residentBytes, now);
    if (health.isDegraded()) {
      health.assess(now, effects);
    }
    return effects;
  }

  private static boolean isAwaited(@Nullable Ticket ticket) {
    return ticket != null && ticket.state == Ticket.State.RUNNING;
  }

  /** Takes a piece of the answer to the call of that sequence. */
  public List<PoolEffect> chunk(String worker, long sequence, long bytes, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot == null) {
      return List.of();
    }
    if (isAwaited(slot.running.get(sequence))) {
      trial.answered(slot, null);
    }
    return streams.chunk(slot, sequence, bytes, now);
  }

  /** Gives credit, now or soon, to a worker that waits for it in the call of that sequence. */
  public List<PoolEffect> blocked(String worker, long sequence, long now) {
    WorkerSlot slot = crew.find(worker);
    return slot == null ? List.of() : streams.blocked(slot, sequence, now);
  }

  /** Has more arguments sent, since some of those of the call of that sequence were taken. */
  public List<PoolEffect> argumentsTaken(String worker, long sequence, long now) {
    WorkerSlot slot = crew.find(worker);
    return slot == null ? List.of() : streams.argumentsTaken(slot, sequence, now);
  }

  /** Notes that a worker's event loop has come round after the cancels that it had got. */
  public void cameRound(String worker, long now) {
    WorkerSlot slot = crew.find(worker);
    if (slot != null) {
      standstill.cameRound(slot, now);
    }
  }

  /** Kills a worker whose event loop stands still, if one of its calls does not stop. */
  public List<PoolEffect> standsStill(String worker, long now) {
    List<PoolEffect> effects = new ArrayList<>(1);
    WorkerSlot slot = crew.find(worker);
    if (slot != null) {
      standstill.standsStill(slot, effects);
      health.assess(now, effects);
    }
    return effects;
  }

  /** Kills a worker that claims to have taken more arguments of a call than it has got. */
  public List<PoolEffect> tookTooMuch(String worker, Ticket ticket, long bytes, long now) {
    WorkerSlot slot = crew.find(worker);
    String what = Explanations.creditForNothing(ticket, bytes);
    return slot == null ? List.of() : eviction.breach(slot, what, now);
  }
}
