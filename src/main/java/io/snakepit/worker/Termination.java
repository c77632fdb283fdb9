package io.snakepit.worker;

import io.snakepit.process.Signals;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one worker, brought about by an {@link Escalation}: performs each step, and goes on to
 * the next until the worker's end is told. For the pool's event loop.
 */
final class Termination {
  private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

  private final Vertx vertx;
  private final WorkerHome home;
  private final Worker worker;
  private @Nullable Escalation escalation;
  private long timer = -1;

  Termination(Vertx vertx, WorkerHome home, Worker worker) {
    this.vertx = vertx;
    this.home = home;
    this.worker = worker;
  }

  /** Begins an escalation, in place of one that is under way. */
  void begin(Escalation begun) {
    cancel();
    escalation = begun;
    perform(begun);
  }

  /** Returns whether SIGKILL has been sent already, or is about to be. */
  boolean hasKilled() {
    return escalation != null && escalation.hasKilled();
  }

  /** Stops the escalation, if one is under way: the worker is gone. */
  void cancel() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  private void perform(Escalation current) {
    action(current.step()).run();
    if (current.waitMs() > 0) {
      timer = vertx.setTimer(current.waitMs(), late -> escalate(current));
    }
  }

  private Runnable action(Escalation.Step step) {
    return switch (step) {
      case ASK -> worker::askToEnd;
      case DUMP -> () -> home.dump(worker);
      case TERMINATE -> () -> home.signal(worker, Signals.TERM);
      case KILL -> () -> home.signal(worker, Signals.KILL);
      case KILL_DIRECTLY -> () -> home.killDirectly(worker);
      case REPLACE_KEEPER -> () -> home.replaceKeeper(worker);
    };
  }

  private void escalate(Escalation current) {
    timer = -1;
    long waitedMs = current.waitMs();
    if (current.next() == Escalation.Step.TERMINATE) {
      LOG.warn(
          "worker {} has not ended within {} ms, as its calls, its stop() or its exit handlers take"
              + " longer: it is sent SIGTERM, and SIGKILL after as long again"
              + " (shutdown.termGraceMs)",
          worker.id(),
          waitedMs);
    }
    perform(current);
  }
}
