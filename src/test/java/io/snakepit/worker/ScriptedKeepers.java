package io.snakepit.worker;

import io.snakepit.process.KeeperListener;
import io.snakepit.process.KeeperOrders;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keepers without a process: a test has each come up and go, and sees what each is told. */
final class ScriptedKeepers implements KeeperSource {
  private final Path socket;
  private final List<ScriptedKeeper> all = new CopyOnWriteArrayList<>();

  ScriptedKeepers(Path socket) {
    this.socket = socket;
  }

  /** A keeper that is starting until {@link #comesUp}. */
  static final class ScriptedKeeper implements KeeperOrders {
    final KeeperListener reports;
    final List<String> told = new CopyOnWriteArrayList<>();
    private final Promise<ScriptedKeeper> start = Promise.promise();
    private final Promise<Void> gone = Promise.promise();

    private ScriptedKeeper(KeeperListener reports) {
      this.reports = reports;
    }

    void comesUp() {
      start.complete(this);
    }

    void failsToComeUp(String why) {
      start.fail(why);
    }

    /** Completes its stop: nothing of it is left. */
    void isGone() {
      gone.complete();
    }

    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public void startWorker(String worker, String token) {
      told.add("start " + worker);
    }

    @Override
    public void kill(String worker, int signal) {
      told.add("kill " + worker + " " + signal);
    }

    @Override
    public void interrupt(String worker) {
      told.add("interrupt " + worker);
    }

    @Override
    public void dump(String worker) {
      told.add("dump " + worker);
    }

    @Override
    public void roll() {
      told.add("roll");
    }

    @Override
    public void spawnAfresh() {
      told.add("spawn");
    }

    @Override
    public Future<Void> stop() {
      told.add("stop");
      return gone.future();
    }

    @Override
    public void abandon(String why) {
      told.add("abandon: " + why);
    }
  }

  /** Returns how many keepers have been started, whatever became of them. */
  int count() {
    return all.size();
  }

  /** Returns the keeper that was started last. */
  ScriptedKeeper last() {
    return all.get(all.size() - 1);
  }

  @Override
  public Path workerSocket() {
    return socket;
  }

  @Override
  public Future<ScriptedKeeper> start(Vertx vertx, KeeperListener listener) {
    ScriptedKeeper keeper = new ScriptedKeeper(listener);
    all.add(keeper);
    return keeper.start.future();
  }

  @Override
  public Future<Void> cleanUp(Vertx vertx) {
    return Future.succeededFuture();
  }
}
