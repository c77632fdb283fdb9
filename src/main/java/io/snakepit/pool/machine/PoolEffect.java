package io.snakepit.pool.machine;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;

/** All that a pool can do to the world. The machine decides on them, the shell carries them out. */
public sealed interface PoolEffect {

  /** Has the effect carried out by the method of that visitor which is there for its kind. */
  void accept(Visitor visitor);

  /**
   * All that carries out effects, by what they are about. Each kind has a method of its own, so
   * that a new one does not compile until somebody carries it out.
   */
  interface Visitor {
    CallVisitor calls();

    StreamVisitor streams();

    WorkerVisitor workers();

    PoolVisitor pool();
  }

  /** The part that carries out effects on any call. */
  interface CallVisitor {
    void dispatch(Dispatch effect);

    void cancelCall(CancelCall effect);

    void deliver(Deliver effect);

    void refuse(Refuse effect);

    void refill(Refill effect);
  }

  /** The part that carries out effects on calls whose answers come in pieces. */
  interface StreamVisitor {
    void passOn(PassOn effect);

    void grant(Grant effect);

    void hurry(Hurry effect);

    void hold(Hold effect);

    void finish(Finish effect);
  }

  /** The part that carries out effects on workers. */
  interface WorkerVisitor {
    void startWorker(StartWorker effect);

    void stopWorker(StopWorker effect);

    void killWorker(KillWorker effect);

    void signalWorker(SignalWorker effect);

    void importAnew(ImportAnew effect);

    void spawnAfresh(SpawnAfresh effect);
  }

  /** The part that carries out effects on the pool as a whole. */
  interface PoolVisitor {
    void announce(Announce effect);

    void started(Started effect);

    void startFailed(StartFailed effect);

    void stopped(Stopped effect);
  }

  /** Start a worker of that id, after a pause. */
  record StartWorker(String worker, long delayNanos) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.workers().startWorker(this);
    }
  }

  /**
   * Send a call to a worker.
   *
   * @param remainingNanos the time left; 0 means no deadline
   * @param batch how many calls, this and those dispatched right after it, are one batch; 0: it is
   *     none, or is not the first
   */
  record Dispatch(String worker, Ticket ticket, long remainingNanos, int batch)
      implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.calls().dispatch(this);
    }
  }

  /** Interrupt a call in a worker: nobody waits for it any more. */
  record CancelCall(String worker, long sequence) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.calls().cancelCall(this);
    }
  }

  /**
   * Hand the worker's answer, which is just at hand, to the caller; of a stream, keep it until
   * {@link Finish}.
   */
  record Deliver(Ticket ticket) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.calls().deliver(this);
    }
  }

  /** Hand a piece of a call's answer, which is just at hand, to its consumer. */
  record PassOn(Ticket ticket) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.streams().passOn(this);
    }
  }

  /** Let a worker send so many chunks more of a call's answer, and so many bytes of them. */
  record Grant(String worker, long sequence, int chunks, long bytes) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.streams().grant(this);
    }
  }

  /** Have the consumer of a stream tell at once what it takes. */
  record Hurry(Ticket ticket) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.streams().hurry(this);
    }
  }

  /** Keep that refusal until {@link Finish}: chunks come first. */
  record Hold(Refuse last) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.streams().hold(this);
    }
  }

  /** The consumer of a stream has all chunks: tell how the call ended, as was delivered or held. */
  record Finish(Ticket ticket) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.streams().finish(this);
    }
  }

  /** A worker has taken some of the call's arguments, just as is at hand. */
  record Refill(Ticket ticket) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.calls().refill(this);
    }
  }

  /**
   * Tell the caller that the call failed.
   *
   * @param worker empty unless one was running it
   * @param retryAfterNanos when trying again has a chance; 0: nobody can tell
   */
  record Refuse(Ticket ticket, ErrorCode code, String message, String worker, long retryAfterNanos)
      implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.calls().refuse(this);
    }
  }

  /** Let a worker without calls, or one that is starting, end in peace. */
  record StopWorker(String worker) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.workers().stopWorker(this);
    }
  }

  /**
   * End a worker.
   *
   * @param stacks whether it shall say before where its threads are
   */
  record KillWorker(String worker, String reason, boolean stacks) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.workers().killWorker(this);
    }
  }

  /** Have a worker look, by a signal from outside, whether its call is to be interrupted. */
  record SignalWorker(String worker) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.workers().signalWorker(this);
    }
  }

  /** Workers started from now on shall import the adapter anew. */
  record ImportAnew() implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.workers().importAnew(this);
    }
  }

  /** Workers started from now on shall be fresh interpreters, until an {@link ImportAnew}. */
  record SpawnAfresh() implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.workers().spawnAfresh(this);
    }
  }

  /**
   * Publish an event.
   *
   * @param detail the reason; of an event about a call or a session its id. Empty where there is
   *     nothing to add.
   */
  record Announce(Event event, String worker, String detail) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.pool().announce(this);
    }
  }

  /** Every worker has been ready: the start has succeeded. */
  record Started() implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.pool().started(this);
    }
  }

  /** The start has failed for that reason. */
  record StartFailed(String reason) implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.pool().startFailed(this);
    }
  }

  /** No worker is left: the stop is done. */
  record Stopped() implements PoolEffect {
    @Override
    public void accept(Visitor visitor) {
      visitor.pool().stopped(this);
    }
  }
}
