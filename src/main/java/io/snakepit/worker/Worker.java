package io.snakepit.worker;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.PythonError;
import io.snakepit.api.ToolInfo;
import io.snakepit.api.WorkerEnd;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.LinkEnd;
import io.snakepit.bridge.LinkListener;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.bus.Pulse;
import io.snakepit.process.OutputLine;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Python process and the link to it. Made by its {@link Nursery}; driven by the pool, whose event
 * loop is the only thread that may touch it.
 *
 * <p>Whatever happens, {@link WorkerListener#ended} comes exactly once, and only after the process
 * and its group are gone.
 */
public final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final String id;
  private final Vertx vertx;
  private final WorkerHome home;
  private final WorkerListener listener;
  private final Termination termination;
  private final StderrTail stderr = new StderrTail();
  private final PulseMeter pulse = new PulseMeter();
  private final long createdAt = System.nanoTime();
  private WorkerLife life = WorkerLife.NEW;
  private @Nullable WorkerLink link;
  private @Nullable String reason;
  private boolean asked;
  private boolean late;
  private boolean failed;
  private long pid;
  private long startTicks;
  private long timer = -1;

  Worker(String id, Vertx vertx, WorkerHome home, WorkerListener listener) {
    this.id = id;
    this.vertx = vertx;
    this.home = home;
    this.listener = listener;
    this.termination = new Termination(vertx, home, this);
  }

  /** Returns the worker's name, unique in its pool's run. */
  public String id() {
    return id;
  }

  /** Returns the pid of the worker's process; 0 until it exists. */
  public long pid() {
    return pid;
  }

  /** Returns the time since the worker was made, in nanoseconds. */
  public long ageNanos() {
    return System.nanoTime() - createdAt;
  }

  /** Notes that the worker's start has been ordered: it must be ready within that time. */
  void ordered(long startTimeoutMs) {
    life = life.to(WorkerLife.STARTING);
    timer = vertx.setTimer(startTimeoutMs, late -> startTimedOut(startTimeoutMs));
  }

  private void startTimedOut(long startTimeoutMs) {
    timer = -1;
    late = true;
    kill("was not ready within startup.timeoutMs=" + startTimeoutMs + stderr.told());
  }

  /**
   * Sends a call, which will be answered by its sequence. A worker that is gone ignores it: its end
   * answers the call.
   */
  public void call(DispatchedCall call) {
    if (link != null) {
      link.call(call);
    }
  }

  /** Allows so many more chunks of a call's answer, and so many more bytes of them. */
  public void credit(long sequence, int chunks, long bytes) {
    if (link != null) {
      link.credit(sequence, chunks, bytes);
    }
  }

  /** Sends a piece of a call's arguments. */
  public void part(long sequence, Buffer bytes, boolean last) {
    if (link != null) {
      link.part(sequence, bytes, last);
    }
  }

  /** Reads on if an answer of the worker's waits, and the listener lets it now. */
  public void readOn() {
    if (link != null) {
      link.readOn();
    }
  }

  /** Has a call interrupted that nobody waits for any more. It may be over already. */
  public void cancel(long sequence) {
    if (link != null) {
      link.cancel(sequence);
    }
  }

  /**
   * Has the worker look, by a signal from outside, whether its call is to be interrupted. Only in
   * profiles {@code process} and {@code async}: a ready worker has a handler for it there, anything
   * else would end of it.
   */
  public void signalCancel() {
    if (life == WorkerLife.READY) {
      home.interrupt(this);
    }
  }

  /**
   * Asks the worker to end in peace: by a message at once, by SIGTERM after {@code graceMs}, by
   * SIGKILL after as long again.
   */
  public void stop(long graceMs) {
    if (life == WorkerLife.NEW) {
      end("was not needed any more", true);
      return;
    }
    if (life == WorkerLife.ENDED || asked) {
      return;
    }
    asked = true;
    enterEnding("stopped");
    termination.begin(link == null ? Escalation.byTerm(graceMs) : Escalation.inPeace(graceMs));
  }

  /** Kills the worker, its group and its descendants at once. */
  public void kill(String why) {
    kill(why, false);
  }

  /**
   * Kills the worker, its group and its descendants.
   *
   * @param stacks whether the worker shall first write to the log where its threads are
   */
  public void kill(String why, boolean stacks) {
    if (life == WorkerLife.NEW) {
      end(why, true);
    } else if (life != WorkerLife.ENDED && !termination.hasKilled()) {
      enterEnding(why);
      termination.begin(stacks && pid > 0 ? Escalation.byKillWithStacks() : Escalation.byKill());
    }
  }

  /** Ends a worker that can't be spoken to any more, by a fault of ours. */
  public void breakOff(String why) {
    if (life == WorkerLife.READY) {
      LOG.error("worker {} {}", id, why);
      enterEnding(why);
      listener.lost(this, false);
      termination.begin(Escalation.byKill());
    }
  }

  private void enterEnding(String why) {
    cancelTimer();
    if (reason == null) {
      reason = why;
    }
    if (life != WorkerLife.ENDING) {
      life = life.to(WorkerLife.ENDING);
    }
  }

  /** Notes that the worker's process exists. */
  void started(long processId, long ticks) {
    pid = processId;
    startTicks = ticks;
    home.activated(this);
  }

  /**
   * Returns the start time of the worker's process in clock ticks, which with the pid names it for
   * sure; 0: not known.
   */
  long startTicks() {
    return startTicks;
  }

  /** Takes a line of the worker's output. */
  void said(OutputLine line) {
    if (line.source() == OutputLine.Source.STDERR) {
      stderr.add(line.text());
    }
  }

  /** Ends the worker, whose process is gone, or never came to be. */
  void gone(String how) {
    end(reason == null ? how + stderr.told() : reason, asked);
  }

  /** Does as {@link #gone}, but of its keeper's end, which says nothing of the worker. */
  void goneWithKeeper(String how) {
    failed = true;
    gone(how);
  }

  /** Does as {@link #gone}, but of a cause that has been told as another worker's crash. */
  void goneAlong(String how) {
    end(reason == null ? how : reason, true);
  }

  private void end(String why, boolean wanted) {
    if (life == WorkerLife.ENDED) {
      return;
    }
    cancelTimer();
    termination.cancel();
    life = life.to(WorkerLife.ENDED);
    if (link != null) {
      link.close();
    }
    home.forget(this);
    listener.ended(this, why, how(wanted));
  }

  private WorkerEnd how(boolean wanted) {
    if (wanted) {
      return WorkerEnd.ASKED;
    } else if (failed || pid == 0) {
      return WorkerEnd.FAILED;
    }
    return late ? WorkerEnd.LATE : WorkerEnd.DIED;
  }

  private void cancelTimer() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /** Makes the listener of the link that this worker is to open. */
  LinkListener linkListener() {
    HostCalls hostCalls = new HostCalls(vertx, home.hostTools());
    return new WorkerConversation(this, listener, home.pool(), hostCalls, pulse);
  }

  /** Returns where the worker is in its life. */
  WorkerLife life() {
    return life;
  }

  /** Takes over the link that the worker has opened. */
  void attached(WorkerLink opened) {
    link = opened;
  }

  /** Sends the request to end by itself; for a worker that has opened its link. */
  void askToEnd() {
    requireNonNull(link).shutdown();
  }

  /**
   * Sends a ping. Also to a worker that is still starting, which is not judged by it, but must hear
   * something from its host.
   */
  public void ping() {
    if ((life == WorkerLife.STARTING || life == WorkerLife.READY) && link != null) {
      link.ping(pulse.next());
    }
  }

  /**
   * Returns how the worker's heart beats; null until it is ready, and once it is to end. Whether it
   * has calls is not known here.
   */
  public @Nullable Pulse pulse() {
    return life == WorkerLife.READY ? pulse.of(id, pid) : null;
  }

  /** Notes that the worker takes calls from now on, of these tools. */
  void becomeReady(List<ToolInfo> tools) {
    cancelTimer();
    life = life.to(WorkerLife.READY);
    pulse.begin(System.nanoTime());
    listener.ready(this, tools);
  }

  /** Notes why the adapter could not start: the reason of an end that is about to come. */
  void startFailed(PythonError failure) {
    if (life == WorkerLife.STARTING && reason == null) {
      failed = true;
      reason =
          ExitMessages.told(home.pool(), failure.type(), failure.message(), failure.traceback());
    }
  }

  /** Notes that there is no link any more: the process is about to be gone, or is killed soon. */
  void linkEnded(LinkEnd end) {
    boolean unread = end.cause() == LinkEnd.Cause.RESET;
    if (life == WorkerLife.ENDING && unread) {
      listener.lost(this, true); // killed with a call in its socket: that one has never started
    }
    if (life == WorkerLife.ENDED || life == WorkerLife.ENDING) {
      return;
    }
    LOG.debug("worker {} has lost its link: {}", id, end.message());
    boolean broken = end.cause() == LinkEnd.Cause.PROTOCOL;
    life = life.to(WorkerLife.ENDING);
    if (broken && reason == null) {
      reason = "broke the protocol: " + end.message();
    }
    listener.lost(this, unread);
    // Usually it is dead already and the keeper is about to say how; if not, it is now.
    cancelTimer();
    long grace = broken ? 1 : Nursery.LINK_GRACE_MS;
    timer = vertx.setTimer(grace, late -> termination.begin(Escalation.byKill()));
  }

  @Override
  public String toString() {
    return "Worker[" + id + " pid=" + pid + " " + life + "]";
  }
}
