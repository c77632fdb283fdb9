package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.pool.machine.PoolEffect.CancelCall;
import io.snakepit.pool.machine.PoolEffect.Deliver;
import io.snakepit.pool.machine.PoolEffect.Dispatch;
import io.snakepit.pool.machine.PoolEffect.KillWorker;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.snakepit.pool.machine.PoolEffect.SignalWorker;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.snakepit.pool.machine.PoolEffect.StopWorker;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The surroundings of a simulated pool: callers who wait, and workers as they really are. Carries
 * out the pool's effects and checks each against what had come before.
 */
final class Surroundings {
  private static final boolean TRACES = Long.getLong("snakepit.simulation.seed") != null;
  private static final int TRACED = 60;

  /** Codes that say of a call that it never ran. */
  private static final Set<ErrorCode> NEVER_RAN =
      Set.of(ErrorCode.QUEUE_TIMEOUT, ErrorCode.POOL_SATURATED, ErrorCode.WORKER_BUSY);

  final Set<Ticket> waiting = new HashSet<>();
  final Map<String, Body> alive = new TreeMap<>();

  /** Numbers of callers that have seen each outcome: {@code OK} or a code. */
  final Map<String, Long> seen = new HashMap<>();

  /** Streams under way. */
  final Flowing flowing = new Flowing();

  /** The number of times that the pool has changed over to fresh interpreters. */
  int changedOver;

  long answered;
  boolean stopped;
  private final PoolLimits.Sessions sessions;
  private final PoolLimits.Calls calls;
  private final Predicate<String> mayInterrupt;
  private final LongSupplier clock;
  private final boolean triesFork;
  private final Set<String> everUsed = new HashSet<>();
  private final Set<Ticket> begun = new HashSet<>();

  /** Calls that waited, unread, in one worker that died, and in two. */
  private final Set<Ticket> once = new HashSet<>();

  private final Set<Ticket> twice = new HashSet<>();

  /** The worker with the state of each strict session, as far as its callers have been told. */
  private final Map<String, String> homes = new HashMap<>();

  /** Time at which a call of each session last came or began: its binding is used since then. */
  private final Map<String, Long> lastUsed = new HashMap<>();

  private int rolls;
  private boolean forks;
  private boolean forkAnswered;

  private final ArrayDeque<String> trace = new ArrayDeque<>();

  /** A worker as it really is. */
  static final class Body {
    final Map<Long, Ticket> calls = new TreeMap<>();
    final Set<Long> interrupted = new TreeSet<>();

    /** Set once a call of its was interrupted that may be. */
    boolean torn;

    boolean ready;

    /** Set once the worker has been told to end. */
    boolean doomed;

    /** Set once the connection has ended: the worker can't answer any more. */
    boolean mute;

    /** Set where the only call in it has provably not been read. */
    boolean unread;

    /** Set once somebody has had it killed. */
    boolean unwanted;

    int expected;

    /** The rolls before it was started; -1: it is no fork. */
    int forkedAfter = -1;

    /** Set once its kind is known to hang: it is to get no call any more. */
    boolean unfit;
  }

  /**
   * @param limits tell whether a session's state must not be lost in silence, and until when; and
   *     what becomes of workers whose calls were interrupted
   * @param mayInterrupt tells of a tool whether its calls may be
   */
  Surroundings(PoolLimits limits, Predicate<String> mayInterrupt, LongSupplier clock) {
    this.mayInterrupt = mayInterrupt;
    this.sessions = limits.sessions();
    this.calls = limits.calls();
    this.clock = clock;
    this.triesFork = limits.workers().triesFork();
    this.forks = triesFork;
  }

  /** Notes that a call of a session has come. */
  void used(Ticket ticket) {
    if (ticket.hasSession()) {
      lastUsed.put(ticket.call.session(), clock.getAsLong());
    }
  }

  /**
   * Notes that a call of a session is about to come.
   *
   * @return whether it has been idle for so long that its binding is dropped, and its state is lost
   */
  boolean expires(String session) {
    Long last = lastUsed.get(session);
    boolean expired = last != null && clock.getAsLong() - last > sessions.idleNanos();
    if (expired && !runsIn(session, homes.getOrDefault(session, ""))) {
      homes.remove(session);
    }
    return expired;
  }

  /**
   * @param outcome what a worker has just answered, for the effect that delivers it
   */
  void perform(List<PoolEffect> effects, String outcome) {
    for (PoolEffect effect : effects) {
      note(effect);
      if (effect instanceof Dispatch dispatch) {
        dispatched(dispatch);
      } else if (effect instanceof CancelCall cancel) {
        interrupted(cancel);
      } else if (effect instanceof SignalWorker signal) {
        signalled(alive.get(signal.worker()));
      } else if (effect instanceof Deliver deliver) {
        deliver(deliver.ticket(), outcome);
      } else if (flowing.perform(effect)) {
        note("of a stream");
      } else if (effect instanceof PoolEffect.Hold hold) {
        flowing.hold(hold.last().ticket(), hold.last().code().name());
      } else if (effect instanceof PoolEffect.Finish finish) {
        settle(finish.ticket(), flowing.finish(finish.ticket()));
      } else if (effect instanceof Refuse refuse) {
        refused(refuse);
      } else if (effect instanceof StartWorker start) {
        assertThat(everUsed.add(start.worker())).as("%s is a new name", start.worker()).isTrue();
        Body body = new Body();
        body.forkedAfter = forks ? rolls : -1;
        alive.put(start.worker(), body);
      } else if (effect instanceof StopWorker stop) {
        doom(stop.worker());
      } else if (effect instanceof KillWorker kill) {
        doom(kill.worker());
      } else if (effect instanceof PoolEffect.SpawnAfresh) {
        spawnAfresh();
      } else if (effect instanceof PoolEffect.StartFailed failed) {
        throw new AssertionError("no start fails that fresh interpreters survive: " + failed);
      } else if (effect instanceof PoolEffect.ImportAnew) {
        rolls++;
        forks = triesFork;
        forkAnswered = false;
      } else if (effect instanceof PoolEffect.Stopped) {
        stopped = true;
      }
    }
  }

  private void deliver(Ticket ticket, String outcome) {
    if (ticket.flow == null) {
      settle(ticket, outcome);
    } else {
      flowing.hold(ticket, outcome);
    }
  }

  /** A worker's process has ended. */
  void died(Body body) {
    if (body.unread && !body.unwanted) {
      body.calls.values().forEach(ticket -> (once.add(ticket) ? once : twice).add(ticket));
    }
  }

  private void spawnAfresh() {
    assertThat(forks).as("a pool that forks changes over").isTrue();
    assertThat(forkAnswered).as("none of its forked workers has ever answered").isFalse();
    forks = false;
    changedOver++;
    alive.values().forEach(body -> body.unfit = body.forkedAfter == rolls);
  }

  /** Notes that a worker has answered one who waits. */
  void hears(Body body) {
    forkAnswered |= body.forkedAfter == rolls;
  }

  private void doom(String worker) {
    assertThat(alive).as("who is to end is alive").containsKey(worker);
    alive.get(worker).doomed = true;
  }

  private void dispatched(Dispatch dispatch) {
    Body body = alive.get(dispatch.worker());
    Ticket ticket = dispatch.ticket();
    assertThat(body).as("a call goes to a live worker").isNotNull();
    assertThat(body.ready && !body.doomed && !body.mute).as("that takes calls").isTrue();
    assertThat(body.unfit).as("and whose kind does not hang").isFalse();
    assertThat(calls.replacesInterrupted() && body.torn)
        .as("and none of whose calls was interrupted, where that counts")
        .isFalse();
    assertThat(waiting).as("a call that was answered never runs").contains(ticket);
    boolean again = !begun.add(ticket);
    assertThat(again && !ticket.call.idempotent() && ticket.loss != null)
        .as("only what is idempotent runs twice")
        .isFalse();
    assertThat(again && twice.contains(ticket)).as("what two died of goes to no third").isFalse();
    staysAtHome(ticket, dispatch.worker());
    followsItsBatch(body, dispatch.batch());
    body.calls.put(ticket.sequence, ticket);
    if (ticket.flow != null) {
      assertThat(dispatch.batch()).as("a stream goes by itself").isZero();
      flowing.begin(ticket);
    }
  }

  /** A strict session's state is where its last call was, until somebody was told that it isn't. */
  private void staysAtHome(Ticket ticket, String worker) {
    String session = ticket.call.session();
    if (sessions.isStrict() && ticket.hasSession()) {
      String home = homes.put(session, worker);
      assertThat(home == null || home.equals(worker))
          .as("%s of %s goes to %s and not to %s", ticket, session, home, worker)
          .isTrue();
    }
    used(ticket);
  }

  private boolean runsIn(String session, String worker) {
    Body body = alive.get(worker);
    return body != null
        && !body.doomed
        && !body.mute
        && body.calls.values().stream().anyMatch(call -> call.call.session().equals(session));
  }

  /** The frames of a batch follow each other on their connection, with nothing in between. */
  private static void followsItsBatch(Body body, int batch) {
    if (body.expected > 0) {
      assertThat(batch).as("nothing comes amid a batch").isZero();
      body.expected--;
    } else if (batch > 1) {
      body.expected = batch - 1;
    }
  }

  private void interrupted(CancelCall cancel) {
    Body body = alive.get(cancel.worker());
    assertThat(body.calls).as("what is interrupted is there").containsKey(cancel.sequence());
    assertThat(body.interrupted.add(cancel.sequence())).as("once").isTrue();
    Ticket ticket = body.calls.get(cancel.sequence());
    assertThat(waiting).as("and nobody wants it").doesNotContain(ticket);
    body.torn |= mayInterrupt.test(ticket.call.tool());
  }

  private void signalled(Body body) {
    assertThat(calls.hearSignals()).as("a signal is for who hears it").isTrue();
    assertThat(body.ready && !body.doomed).as("it goes to who has a handler").isTrue();
    assertThat(body.torn).as("it is for a call that was interrupted, and may be").isTrue();
    assertThat(body.calls.values())
        .as("and that runs on")
        .anyMatch(ticket -> !waiting.contains(ticket));
  }

  private void refused(Refuse refuse) {
    Ticket ticket = refuse.ticket();
    assertThat(NEVER_RAN.contains(refuse.code()) && ticket.loss != null)
        .as("%s: it has run", refuse.code())
        .isFalse();
    if (refuse.code() == ErrorCode.SESSION_WORKER_UNAVAILABLE) {
      homes.remove(ticket.call.session());
    }
    flowing.end(ticket);
    settle(ticket, refuse.code().name());
  }

  private void settle(Ticket ticket, String outcome) {
    assertThat(waiting.remove(ticket)).as("%s is answered once", ticket).isTrue();
    seen.merge(outcome, 1L, Long::sum);
    answered++;
  }

  /** Keeps the last things that happened, for who plays one seed alone. */
  void note(Object happened) {
    if (TRACES) {
      trace.add(happened.toString());
      if (trace.size() > TRACED) {
        trace.removeFirst();
      }
    }
  }

  /**
   * Describes what has happened last, and what has come of it; empty unless one seed is played
   * alone.
   */
  String trace(Crew crew) {
    if (!TRACES) {
      return "";
    }
    crew.all().forEach(slot -> trace.add(told(slot)));
    return "target " + crew.target() + "\n" + String.join("\n", trace);
  }

  private static String told(WorkerSlot slot) {
    WorkerSlot before = slot.predecessor;
    return "%s %s load=%d stuck=%d replaced=%s due=%s predecessor=%s"
        .formatted(
            slot.worker,
            slot.state(),
            slot.load,
            slot.stuck,
            slot.replaced,
            slot.due,
            before == null ? "none" : before.worker);
  }
}
