package io.snakepit.pool;

import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.bridge.Intake;
import io.snakepit.worker.Worker;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The intake of workers' large answers: counts each from before its first byte is read, and has its
 * worker wait while there is no room. For the pool's event loop.
 */
final class AnswerIntake {
  private final ByteAccount account;
  private final Context home;

  /** Large bodies that workers are about to send, by their workers. */
  private final Map<Worker, Coming> coming = new HashMap<>();

  /** A large body that is being read, which has a lease; or that waits for one. */
  private static final class Coming {
    @Nullable ByteLease lease;
    @Nullable Consumer<ByteLease> asking;
  }

  AnswerIntake(ByteAccount account, Context home) {
    this.account = account;
    this.home = home;
  }

  /**
   * Decides on a body that a worker is about to send, or whether one that waits is to go on.
   *
   * @param here whether all of it has been read already
   */
  Intake enter(Worker worker, long bytes, boolean here) {
    Coming body = coming.computeIfAbsent(worker, first -> new Coming());
    if (here) {
      body.lease = account.takeAnyway(bytes);
    } else if (body.lease == null && body.asking == null) {
      ask(worker, body, bytes);
    }
    return body.lease == null ? Intake.WAIT : Intake.READ;
  }

  private void ask(Worker worker, Coming body, long bytes) {
    Consumer<ByteLease> asking =
        new Consumer<>() {
          @Override
          public void accept(ByteLease lease) {
            try {
              home.runOnContext(here -> granted(worker, body, this, lease));
            } catch (RejectedExecutionException stopped) {
              lease.release();
            }
          }
        };
    body.lease = account.ask(bytes, asking);
    body.asking = body.lease == null ? asking : null;
  }

  private void granted(Worker worker, Coming body, Consumer<ByteLease> asked, ByteLease lease) {
    if (body.asking != asked) {
      lease.release();
      return;
    }
    body.asking = null;
    body.lease = lease;
    worker.readOn();
  }

  /** Returns what the body has taken that has just come whole; null if it is a small one. */
  @Nullable ByteLease taken(Worker worker) {
    if (coming.isEmpty()) {
      return null;
    }
    Coming body = coming.remove(worker);
    return body == null ? null : body.lease;
  }

  /** Gives up what a worker is about to send: it is dropped, or the worker is gone. */
  void drop(Worker worker) {
    Coming body = coming.remove(worker);
    if (body == null) {
      return;
    }
    Consumer<ByteLease> asking = body.asking;
    body.asking = null;
    if (asking != null) {
      account.forget(asking);
    }
    if (body.lease != null) {
      body.lease.release();
    }
  }

  /** Looks again at a worker that waits: whoever wanted its answer may be gone. */
  void lookAgain(Worker worker) {
    Coming body = coming.get(worker);
    if (body != null && body.asking != null) {
      worker.readOn();
    }
  }
}
