package io.snakepit.worker;

/**
 * The way from asking a worker to end until nothing of it can be left, whoever on that way is deaf.
 * Pure: each step says what to do and how long to wait for the end before the next.
 *
 * <ol>
 *   <li>{@link Step#DUMP}: it writes to the log where its threads are; for one that hangs.
 *   <li>{@link Step#ASK}: a message; Python finishes what it does.
 *   <li>{@link Step#TERMINATE}: SIGTERM to the group, through the keeper.
 *   <li>{@link Step#KILL}: SIGKILL to the group and all descendants, through the keeper, which then
 *       reports the end. One that hears nothing of an end goes on:
 *   <li>{@link Step#KILL_DIRECTLY}: SIGKILL to the group by the host's own system call. The worker
 *       can't have outlived this; if no end is reported even now, it is the keeper that is deaf:
 *   <li>{@link Step#REPLACE_KEEPER}: the keeper is killed, and with it goes all that is below it.
 * </ol>
 */
final class Escalation {
  /** The time that an end which must come may take to be reported. */
  static final long VERIFY_MS = 2_000;

  /**
   * The same before a keeper is replaced; longer, since that costs all its workers: a busy machine
   * is no reason.
   */
  static final long LAST_VERIFY_MS = 8_000;

  /** The time that it takes to write some stacks, also on a busy machine. */
  static final long DUMP_MS = 100;

  /** A thing to do. */
  enum Step {
    DUMP,
    ASK,
    TERMINATE,
    KILL,
    KILL_DIRECTLY,
    REPLACE_KEEPER
  }

  private final long graceMs;
  private Step step;

  private Escalation(Step first, long graceMs) {
    this.step = first;
    this.graceMs = graceMs;
  }

  /**
   * Begins with a request.
   *
   * @param graceMs before SIGTERM, and again before SIGKILL
   */
  static Escalation inPeace(long graceMs) {
    return new Escalation(Step.ASK, graceMs);
  }

  /** Begins with SIGTERM: for a worker that has no connection to ask on yet. */
  static Escalation byTerm(long graceMs) {
    return new Escalation(Step.TERMINATE, graceMs);
  }

  /** Begins with SIGKILL. */
  static Escalation byKill() {
    return new Escalation(Step.KILL, 0);
  }

  /** Begins with its stacks, which are followed by SIGKILL. */
  static Escalation byKillWithStacks() {
    return new Escalation(Step.DUMP, 0);
  }

  /** Returns what is to be done now. */
  Step step() {
    return step;
  }

  /**
   * Returns how long to wait after the current step, in ms, before {@link #next}; 0 if it is the
   * last.
   */
  long waitMs() {
    return switch (step) {
      case DUMP -> DUMP_MS;
      case ASK, TERMINATE -> Math.max(1, graceMs);
      case KILL -> VERIFY_MS;
      case KILL_DIRECTLY -> LAST_VERIFY_MS;
      case REPLACE_KEEPER -> 0;
    };
  }

  /** Goes on to the next step, since no end has come. */
  Step next() {
    step =
        switch (step) {
          case ASK -> Step.TERMINATE;
          case DUMP, TERMINATE -> Step.KILL;
          case KILL -> Step.KILL_DIRECTLY;
          case KILL_DIRECTLY, REPLACE_KEEPER -> Step.REPLACE_KEEPER;
        };
    return step;
  }

  /** Returns whether SIGKILL has been sent already, or is about to be. */
  boolean hasKilled() {
    return step != Step.ASK && step != Step.TERMINATE;
  }
}
