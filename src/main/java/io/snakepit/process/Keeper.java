package io.snakepit.process;

import io.snakepit.api.Faults;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool's keeper: the small Python process that stands between the host and its workers. It starts
 * and kills them on our orders, and kills them all when this JVM is gone, for it holds the end of a
 * pipe that the JVM alone holds the other end of.
 *
 * <h2>How it ends</h2>
 *
 * Told to stop, by the end of its connection, or by its death: in each case the other two are
 * brought about, the pipe first, SIGKILL when it takes too long. One that is told to stop keeps its
 * pipe for as long as its fork servers may take for their exit handlers. When process and
 * connection are both gone, the process table is searched for what bears its marks, and only then
 * its end is told.
 *
 * <p>Its process is a child of its guard's, which is what was launched: the keeper's death is told
 * by the end of its connection, and by that of its guard once nothing is left below.
 *
 * <p>In a run of the host a pool has one keeper at a time, for that search takes all that bears the
 * pool's mark.
 *
 * <p>All methods are for the context that has started the keeper, and so are all calls of its
 * listener.
 */
public final class Keeper implements KeeperOrders {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  /** The time that the last frames of a keeper which has died may take. */
  private static final long LAST_FRAMES_MS = 1_000;

  /** The time that a keeper which was told to stop may take beside that of its fork servers. */
  private static final long ORDERLY_END_MS = 500;

  private final Vertx vertx;
  private final KeeperOptions options;
  private final KeeperListener listener;
  private final KeeperProcess process;
  private final KeeperConnection connection;
  private final ProcessTable.Entry self;
  private final String python;
  private final Promise<Void> gone = Promise.promise();
  private boolean stopping;
  private boolean released;
  private boolean connected = true;
  private boolean running = true;
  private long timer = -1;
  private String reason = "";

  Keeper(
      Vertx vertx,
      KeeperOptions options,
      KeeperListener listener,
      KeeperProcess process,
      KeeperAcceptor.Admission admission) {
    this.vertx = vertx;
    this.options = options;
    this.listener = listener;
    this.process = process;
    this.connection = admission.connection();
    this.self = admission.process();
    this.python = admission.hello().python();
  }

  /**
   * Starts a keeper. Call it on an event loop; what blocks is done elsewhere.
   *
   * @return fails with a {@link KeeperException} if the process can't be started, ends, or does not
   *     report in time; then nothing is left of it
   */
  public static Future<Keeper> start(Vertx vertx, KeeperOptions options, KeeperListener listener) {
    return new KeeperStart(vertx, options, listener).run();
  }

  /** Gives the first order; those of the keeper's owner come after it. */
  void configure() {
    order(KeeperProtocol.configure(options.workers(), options.timeouts().end()));
  }

  /** Takes the conversation over from the acceptor. */
  void listen() {
    connection.admit(new Conversation());
    process.exit().onSuccess(this::ended);
  }

  @Override
  public long pid() {
    return self.pid();
  }

  /** Returns the version of the keeper's interpreter, such as {@code 3.11.7}. */
  public String python() {
    return python;
  }

  @Override
  public void startWorker(String worker, String token) {
    order(KeeperProtocol.start(worker, token));
  }

  @Override
  public void kill(String worker, int signal) {
    if (signal != Signals.TERM && signal != Signals.KILL) {
      throw new IllegalArgumentException("signal must be 15 or 9: got " + signal);
    }
    order(KeeperProtocol.kill(worker, signal));
  }

  @Override
  public void dump(String worker) {
    order(KeeperProtocol.dump(worker));
  }

  @Override
  public void interrupt(String worker) {
    order(KeeperProtocol.interrupt(worker));
  }

  @Override
  public void roll() {
    order(KeeperProtocol.roll());
  }

  @Override
  public void spawnAfresh() {
    order(KeeperProtocol.spawnAfresh());
  }

  @Override
  public Future<Void> stop() {
    if (!stopping) {
      order(KeeperProtocol.stop());
      stopping = true;
      awaitOrderlyEnd();
    }
    return gone.future();
  }

  @Override
  public void abandon(String why) {
    because(why);
    if (running) {
      process.kill(self);
    }
  }

  private void order(Buffer frame) {
    if (!stopping) {
      connection.send(frame);
    }
  }

  /** Tells a line that the keeper's process has printed itself. */
  void printed(OutputLine line) {
    tell(new KeeperEvent.Line("", line));
  }

  /** The listener of the keeper's connection. */
  private final class Conversation implements KeeperConnection.Listener {
    @Override
    public void said(KeeperEvent event) {
      if (event instanceof KeeperEvent.Hello) {
        connection.close("it said hello twice");
      } else {
        tell(event);
      }
    }

    @Override
    public void left(String complaint) {
      connected = false;
      because(complaint);
      release();
      finishIfOver();
    }
  }

  private void tell(KeeperEvent event) {
    if (!stopping) {
      guarded(() -> event.tell(listener));
    }
  }

  private void ended(Exit exit) {
    running = false;
    because("it ended with " + exit);
    vertx.cancelTimer(timer);
    if (connected) {
      timer = vertx.setTimer(LAST_FRAMES_MS, late -> connection.close("its process has ended"));
    }
    finishIfOver();
  }

  /**
   * Notes why the keeper ends, unless a reason is known: the first says more than those that follow
   * from it.
   */
  private void because(String why) {
    if (reason.isEmpty()) {
      reason = why;
    }
  }

  /** Gives fork servers their time: the end of the pipe would have them killed. */
  private void awaitOrderlyEnd() {
    if (!released && running) {
      long patience = options.timeouts().end().toMillis() + ORDERLY_END_MS;
      timer = vertx.setTimer(patience, late -> release());
    }
  }

  /** Ends the pipe, and kills keeper and guard by SIGKILL if that does not end them in time. */
  private void release() {
    if (!released && running) {
      released = true;
      process.release();
      vertx.cancelTimer(timer);
      timer = vertx.setTimer(options.timeouts().stop().toMillis(), late -> kill());
    }
  }

  private void kill() {
    process.kill(self);
    process.kill();
  }

  private void finishIfOver() {
    if (!running && !connected) {
      vertx.cancelTimer(timer);
      process.sweep().onComplete(swept -> finish());
    }
  }

  private void finish() {
    boolean unasked = !stopping;
    stopping = true;
    try {
      if (unasked) {
        LOG.warn("pool {}: its keeper is gone: {}", options.workers().pool(), reason);
        guarded(() -> listener.keeperGone(reason));
      }
    } finally {
      gone.complete();
    }
  }

  /** Runs an event's listener so that its fault does not cost the events after it. */
  private static void guarded(Runnable event) {
    try {
      event.run();
    } catch (Throwable thrown) {
      LOG.error("a keeper's listener has failed", thrown);
      Faults.throwIfFatal(thrown);
    }
  }
}
