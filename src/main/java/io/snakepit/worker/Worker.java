package io.snakepit.worker;

import io.snakepit.api.ToolInfo;
import io.snakepit.bridge.LinkEnd;
import io.snakepit.bridge.LinkListener;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.bridge.v1.Call;
import io.snakepit.bridge.v1.HostCall;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.bus.Pulse;
import io.snakepit.process.OutputLine;
import io.snakepit.process.Signals;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Python process and the link to it. Made by its {@link Nursery}; driven by the pool, whose
 * event loop is the only thread that may touch it.
 *
 * <p>Whatever happens, {@link WorkerListener#ended} comes exactly once, and only after the process
 * and its group are gone.
 */
public final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /**
   * How many calls to the host may be under way: each holds memory of ours until it is answered.
   */
  static final int MAX_HOST_CALLS = 1_000;

  private final String id;
  private final Vertx vertx;
  private final Nursery nursery;
  private final WorkerListener listener;
  private final StderrTail lastWords = new StderrTail();
  private final PulseMeter pulse = new PulseMeter();
  private final long createdAt = System.nanoTime();
  private WorkerLife life = WorkerLife.NEW;
  private @Nullable WorkerLink link;
  private @Nullable String reason;
  private @Nullable Escalation escalation;
  private boolean asked;
  private int hostCalls;
  private long pid;
  private long startTicks;
  private long timer = -1;

  Worker(String id, Vertx vertx, Nursery nursery, WorkerListener listener) {
    this.id = id;
    this.vertx = vertx;
    this.nursery = nursery;
    this.listener = listener;
  }

  public String id() {
    return id;
  }

  /** 0 until the process exists. */
  public long pid() {
    return pid;
  }

  /** Since it was made, in nanoseconds. */
  public long ageNanos() {
    return System.nanoTime() - createdAt;
  }

  /** Its start has been ordered: it must be ready within that time. */
  void ordered(long startTimeoutMs) {
    life = life.to(WorkerLife.STARTING);
    timer = vertx.setTimer(startTimeoutMs, late -> startTimedOut(startTimeoutMs));
  }

  private void startTimedOut(long startTimeoutMs) {
    timer = -1;
    kill("was not ready within startup.timeoutMs=" + startTimeoutMs + lastWords.told());
  }

  /**
   * Sends a call, by whose {@code id} it will be answered. A worker that is gone ignores it: its
   * end answers the call.
   */
  public void call(Call call, Buffer arguments) {
    if (link != null) {
      link.call(call, arguments);
    }
  }

  /** Lets so many chunks more of a call's answer come, and so many bytes of them. */
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

  /** Has a call interrupted that nobody waits for any more; it may be over already. */
  public void cancel(long sequence) {
    if (link != null) {
      link.cancel(sequence);
    }
  }

  /**
   * Asks it to end in peace: by a message at once, by SIGTERM after {@code graceMs}, by SIGKILL
   * after as long again.
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
    begin(link == null ? Escalation.byTerm(graceMs) : Escalation.inPeace(graceMs));
  }

  /** Ends it, its group and its descendants at once. */
  public void kill(String why) {
    kill(why, false);
  }

  /**
   * Ends it, its group and its descendants.
   *
   * @param stacks whether it shall first write to the log where its threads are
   */
  public void kill(String why, boolean stacks) {
    if (life == WorkerLife.NEW) {
      end(why, true);
    } else if (life != WorkerLife.ENDED && (escalation == null || !escalation.hasKilled())) {
      enterEnding(why);
      begin(stacks && pid > 0 ? Escalation.byKillWithStacks() : Escalation.byKill());
    }
  }

  private void begin(Escalation begun) {
    cancelTimer();
    escalation = begun;
    perform(begun);
  }

  private void perform(Escalation current) {
    switch (current.step()) {
      case ASK -> {
        if (link != null) {
          link.shutdown();
        }
      }
      case DUMP -> nursery.dump(this);
      case TERMINATE -> nursery.signal(this, Signals.TERM);
      case KILL -> nursery.signal(this, Signals.KILL);
      case KILL_DIRECTLY -> nursery.killDirectly(this);
      case REPLACE_KEEPER -> nursery.replaceKeeper(this);
    }
    if (current.waitMs() > 0) {
      timer = vertx.setTimer(current.waitMs(), late -> escalate(current));
    }
  }

  private void escalate(Escalation current) {
    timer = -1;
    current.next();
    perform(current);
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

  /** Its process exists. */
  void started(long processId, long ticks) {
    pid = processId;
    startTicks = ticks;
    nursery.activated(this);
  }

  /** Its process, as far as it is known: an end that is not reported can be looked for. */
  long startTicks() {
    return startTicks;
  }

  /** A line of its output. */
  void said(OutputLine line) {
    if (line.source() == OutputLine.Source.STDERR) {
      lastWords.add(line.text());
    }
  }

  /** Its process is gone, or never came to be. */
  void gone(String how) {
    end(reason == null ? how + lastWords.told() : reason, asked);
  }

  /** Like {@link #gone}, but of a cause that has been told as another worker's crash. */
  void goneAlong(String how) {
    end(reason == null ? how : reason, true);
  }

  private void end(String why, boolean wanted) {
    if (life == WorkerLife.ENDED) {
      return;
    }
    cancelTimer();
    life = life.to(WorkerLife.ENDED);
    if (link != null) {
      link.close();
    }
    nursery.forget(this);
    listener.ended(this, why, wanted);
  }

  private void cancelTimer() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /** What the door is to call for this worker. */
  LinkListener linkListener() {
    return new LinkListener() {
      @Override
      public void attached(WorkerLink opened) {
        link = opened;
      }

      @Override
      public void received(WorkerMessage message, Buffer body) throws ProtocolException {
        switch (message.getKindCase()) {
          case RESULT, FAILURE, CHUNK, BLOCKED, CREDIT -> answer(message, body);
          case READY -> becomeReady(body);
          case START_FAILURE -> startFailed(message.getStartFailure().getPython());
          case HOST_CALL -> callHost(message.getHostCall(), body);
          case PONG -> answerPong(message.getPong());
          default -> throw new ProtocolException("a worker does not send " + message.getKindCase());
        }
      }

      @Override
      public void ended(LinkEnd end) {
        linkEnded(end);
      }
    };
  }

  private void answer(WorkerMessage message, Buffer body) throws ProtocolException {
    if (life == WorkerLife.STARTING) {
      throw new ProtocolException(message.getKindCase() + " came before Ready");
    }
    WorkerAnswers.tell(listener, this, message, body);
  }

  private void callHost(HostCall call, Buffer arguments) throws ProtocolException {
    if (link == null) {
      return;
    }
    if (hostCalls >= MAX_HOST_CALLS) {
      throw new ProtocolException(
          "HostCall came while %d others wait for their answers".formatted(hostCalls));
    }
    hostCalls++;
    ContextInternal loop = (ContextInternal) vertx.getOrCreateContext();
    nursery.hostCalls().run(call, arguments, link, loop).onComplete(answered -> hostCalls--);
  }

  /**
   * Sends a heartbeat. Also to one that is still starting, which is not judged by it, but must hear
   * something from its host.
   */
  public void ping() {
    if ((life == WorkerLife.STARTING || life == WorkerLife.READY) && link != null) {
      link.ping(pulse.next());
    }
  }

  /** How its heart beats; null until it is ready, and once it is to end. */
  public @Nullable Pulse pulse() {
    return life == WorkerLife.READY ? pulse.of(id) : null;
  }

  private void becomeReady(Buffer description) throws ProtocolException {
    if (life == WorkerLife.ENDING) {
      return;
    }
    if (life != WorkerLife.STARTING || link == null) {
      throw new ProtocolException("Ready has no place in a worker that is " + life);
    }
    List<ToolInfo> tools = tools(description);
    cancelTimer();
    life = life.to(WorkerLife.READY);
    pulse.begin(System.nanoTime());
    listener.ready(this, tools);
  }

  private List<ToolInfo> tools(Buffer description) throws ProtocolException {
    try {
      return new JsonArray(description)
          .stream()
              .map(JsonObject.class::cast)
              .map(t -> ToolInfo.fromJson(nursery.pool(), t))
              .toList();
    } catch (DecodeException | ClassCastException e) {
      throw new ProtocolException("Ready without a list of tools: " + e.getMessage());
    }
  }

  private void startFailed(io.snakepit.bridge.v1.PythonError error) {
    if (life == WorkerLife.STARTING && reason == null) {
      reason =
          ExitMessages.told(
              nursery.pool(), error.getType(), error.getMessage(), error.getTraceback());
    }
  }

  private void answerPong(Pong pong) throws ProtocolException {
    if (!pulse.answered(pong.getSequence(), System.nanoTime())) {
      throw new ProtocolException("Pong " + pong.getSequence() + " answers no ping");
    }
    if (pong.getResidentBytes() > 0) {
      listener.holds(this, pong.getResidentBytes());
    }
  }

  private void linkEnded(LinkEnd end) {
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
    timer = vertx.setTimer(grace, late -> begin(Escalation.byKill()));
  }

  @Override
  public String toString() {
    return "Worker[" + id + " pid=" + pid + " " + life + "]";
  }
}
