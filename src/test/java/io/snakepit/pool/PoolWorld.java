package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.pool.PoolEffect.CancelCall;
import io.snakepit.pool.PoolEffect.Deliver;
import io.snakepit.pool.PoolEffect.Dispatch;
import io.snakepit.pool.PoolEffect.KillWorker;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.PoolEffect.StartWorker;
import io.snakepit.pool.PoolEffect.StopWorker;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A pool among fake workers and callers of chance: calls come, workers answer, answer late or
 * twice, ignore a cancel, crash and stall; operators give orders, time passes. The seed decides all
 * of it.
 */
final class PoolWorld {
  private static final List<String> TOOLS = List.of("plain", "plain", "plain", "embed");

  private static final boolean TRACES = Long.getLong("snakepit.simulation.seed") != null;

  final PoolState state;
  final Set<Ticket> waiting = new HashSet<>();
  final Map<String, Body> alive = new TreeMap<>();
  final PoolLimits limits;
  final Random random;
  final Map<String, Long> seen = new HashMap<>();
  long answered;
  long submitted;
  long now;
  boolean stopped;
  private final PoolOrders orders;
  private final List<BatchRule> rules;
  private final Set<String> everUsed = new HashSet<>();
  private final Set<Ticket> begun = new HashSet<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private ErrorCode answer;

  /** A worker as it really is. */
  static final class Body {
    final Map<Long, Ticket> calls = new TreeMap<>();
    final Set<Long> interrupted = new TreeSet<>();
    boolean ready;
    boolean doomed;
    boolean lost;
    int expected;
  }

  PoolWorld(long seed) {
    this.random = new Random(seed);
    this.limits = PoolScript.limits(new RandomOptions(random).pool());
    this.now = random.nextLong();
    this.state = new PoolState(limits, new SplittableRandom(seed));
    this.orders = new PoolOrders(state);
    this.rules =
        random.nextBoolean()
            ? List.of(new BatchRule("embed", 1 + random.nextInt(5), PoolScript.ms(5)))
            : List.of();
    perform(state.start());
    while (state.phase() == PoolPhase.STARTING) {
      becomeReady();
    }
  }

  void step() {
    if (state.phase() == PoolPhase.OPEN && random.nextInt(20) == 0) {
      pass(limits.probationNanos());
      return;
    }
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> submit();
      case 5, 6, 7, 8 -> answer();
      case 9, 10 -> becomeReady();
      case 11, 12 -> pass(PoolScript.ms(random.nextInt(8)));
      case 13 -> cancel();
      case 14 -> misfortune();
      default -> order();
    }
  }

  /** Time passes, and what is due happens in time. */
  private void pass(long nanos) {
    now += nanos;
    for (int i = 0; i < 100 && state.next().exists() && state.next().at() - now <= 0; i++) {
      perform(state.expire(now));
    }
    boolean late = state.next().exists() && state.next().at() - now <= 0;
    assertThat(late).as("something stays due, however often one looks").isFalse();
  }

  private void submit() {
    Call call = Call.of(pick(TOOLS)).idempotent(random.nextInt(4) == 0);
    if (random.nextInt(3) == 0) {
      call = call.session("s" + random.nextInt(25));
    }
    if (random.nextInt(4) == 0) {
      call = call.timeoutMs(1 + random.nextInt(200));
    }
    Ticket ticket = new Ticket(call, "c" + submitted++, now);
    waiting.add(ticket);
    boolean full = state.queued() >= limits.maxQueue();
    perform(state.submit(ticket, now));
    boolean queued = ticket.state == Ticket.State.QUEUED;
    assertThat(queued && full).as("a call waits where the queue was full").isFalse();
  }

  private void cancel() {
    Ticket ticket = any(waiting.stream().sorted(PoolWorld::byId).toList());
    if (ticket != null && random.nextInt(3) == 0) {
      perform(state.cancel(ticket.id, now));
      assertThat(waiting).as("a cancelled call is answered at once").doesNotContain(ticket);
      assertThat(state.cancel(ticket.id, now)).as("and can't be cancelled again").isEmpty();
    }
  }

  private static int byId(Ticket a, Ticket b) {
    return Long.compare(a.arrival, b.arrival);
  }

  /** A call ends, if it wants to: what was interrupted usually does. */
  private void answer() {
    String worker =
        any(
            alive.keySet().stream()
                .filter(w -> !alive.get(w).calls.isEmpty() && !alive.get(w).lost)
                .toList());
    if (worker == null) {
      return;
    }
    Body body = alive.get(worker);
    Long sequence = any(List.copyOf(body.calls.keySet()));
    Ticket ticket = body.calls.get(sequence);
    if (ticket.state == Ticket.State.ABANDONED && random.nextInt(3) == 0) {
      return; // it does not stop
    }
    body.calls.remove(sequence);
    answer = random.nextInt(3) == 0 ? ErrorCode.PYTHON_EXCEPTION : null;
    perform(state.completed(worker, sequence, answer, 0, now));
    if (random.nextInt(10) == 0) {
      perform(state.completed(worker, sequence, null, 0, now));
    }
  }

  private void becomeReady() {
    String worker = any(alive.keySet().stream().filter(w -> !alive.get(w).ready).toList());
    if (worker != null && !alive.get(worker).doomed && !alive.get(worker).lost) {
      alive.get(worker).ready = true;
      note("ready " + worker);
      perform(state.workerReady(worker, rules, now));
    }
  }

  private void misfortune() {
    String victim = any(List.copyOf(alive.keySet()));
    if (victim == null) {
      return;
    }
    if (random.nextInt(3) == 0) {
      perform(state.workerLost(victim, random.nextBoolean(), now));
      alive.get(victim).lost = true;
      if (random.nextBoolean()) {
        return; // its process ends later
      }
    } else if (random.nextInt(3) == 0) {
      perform(state.workerHung(victim, "hung", now));
    }
    end(victim);
  }

  /** A worker's process ends. */
  private void end(String worker) {
    Body body = alive.remove(worker);
    note("ended " + worker);
    perform(state.workerEnded(worker, "ended", body.doomed, now));
  }

  /** Operators want something, sometimes when it can't be had. */
  private void order() {
    String worker = any(List.copyOf(alive.keySet()));
    WorkerSlot slot = worker == null ? null : state.crew().find(worker);
    try {
      switch (random.nextInt(12)) {
        case 0 -> resize();
        case 1 -> roll();
        case 2 -> orders.drain();
        case 3, 4, 5 -> orders.resume();
        case 6, 7 -> perform(slot == null ? List.of() : orders.recycle(slot));
        case 8 -> perform(slot == null ? List.of() : orders.kill(slot, now));
        default -> endDoomed();
      }
    } catch (SnakepitException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
    }
  }

  private void resize() {
    int min = 1 + random.nextInt(5);
    PoolLimits.Size size = new PoolLimits.Size(min, min + random.nextInt(3), PoolScript.ms(30));
    note(size);
    perform(orders.resize(size, now));
  }

  private void roll() {
    note("roll");
    perform(orders.roll());
  }

  private void endDoomed() {
    String next =
        any(alive.keySet().stream().filter(w -> alive.get(w).doomed || alive.get(w).lost).toList());
    if (next != null) {
      end(next);
    }
  }

  /**
   * Faults and orders stop: workers answer, those that are to end do, those that start are ready.
   */
  void settle() {
    resume();
    for (int i = 0; i < 2_000 && !isSettled(); i++) {
      endDoomed();
      becomeReady();
      answer();
      pass(PoolScript.ms(2));
      if (state.phase() == PoolPhase.OPEN) {
        pass(limits.probationNanos());
      }
    }
  }

  private void resume() {
    try {
      orders.resume();
    } catch (SnakepitException stopping) {
      assertThat(stopping.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
    }
  }

  /** Whether the pool is whole: all are ready, nobody starts or ends, no call is anywhere. */
  boolean isSettled() {
    Crew crew = state.crew();
    return state.phase() == PoolPhase.SERVING
        && crew.ready() == crew.target()
        && crew.all().size() == crew.target()
        && crew.running() == 0
        && state.queued() == 0
        && waiting.isEmpty();
  }

  void shutDown() {
    perform(state.drain(PoolScript.ms(50), now));
    for (int i = 0; i < 2_000 && !stopped; i++) {
      answer();
      pass(PoolScript.ms(5));
      endDoomed();
    }
  }

  private void perform(List<PoolEffect> effects) {
    for (PoolEffect effect : effects) {
      note(effect);
      if (effect instanceof Dispatch dispatch) {
        dispatched(dispatch);
      } else if (effect instanceof CancelCall cancel) {
        interrupted(cancel);
      } else if (effect instanceof Deliver deliver) {
        settle(deliver.ticket(), answer == null ? "OK" : answer.name());
      } else if (effect instanceof Refuse refuse) {
        refused(refuse);
      } else if (effect instanceof StartWorker start) {
        assertThat(everUsed.add(start.worker())).as("%s is a new name", start.worker()).isTrue();
        alive.put(start.worker(), new Body());
      } else if (effect instanceof StopWorker stop) {
        doom(stop.worker());
      } else if (effect instanceof KillWorker kill) {
        doom(kill.worker());
      } else if (effect instanceof PoolEffect.Stopped) {
        stopped = true;
      }
    }
  }

  private void doom(String worker) {
    assertThat(alive).as("who is to end is alive").containsKey(worker);
    alive.get(worker).doomed = true;
  }

  /** Keeps the last things that happened, for who plays one seed alone. */
  private void note(Object happened) {
    if (TRACES) {
      trace.add(happened.toString());
      if (trace.size() > 60) {
        trace.removeFirst();
      }
    }
  }

  /** What has happened last; empty unless one seed is played alone. */
  String trace() {
    if (!TRACES) {
      return "";
    }
    state.crew().all().forEach(slot -> trace.add(told(slot)));
    return "target " + state.crew().target() + "\n" + String.join("\n", trace);
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

  private void dispatched(Dispatch dispatch) {
    Body body = alive.get(dispatch.worker());
    Ticket ticket = dispatch.ticket();
    assertThat(body).as("a call goes to a live worker").isNotNull();
    assertThat(body.ready && !body.doomed && !body.lost).as("that takes calls").isTrue();
    assertThat(waiting).as("a call that was answered never runs").contains(ticket);
    boolean again = !begun.add(ticket);
    assertThat(again && !ticket.call.idempotent() && ticket.loss != null)
        .as("only what is idempotent runs twice")
        .isFalse();
    followsItsBatch(body, dispatch.batch());
    body.calls.put(ticket.sequence, ticket);
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
    assertThat(waiting).as("and nobody wants it").doesNotContain(body.calls.get(cancel.sequence()));
  }

  private void refused(Refuse refuse) {
    Ticket ticket = refuse.ticket();
    boolean neverRan =
        Set.of(ErrorCode.QUEUE_TIMEOUT, ErrorCode.POOL_SATURATED, ErrorCode.WORKER_BUSY)
            .contains(refuse.code());
    assertThat(neverRan && ticket.loss != null).as("%s: it has run", refuse.code()).isFalse();
    settle(ticket, refuse.code().name());
  }

  private void settle(Ticket ticket, String outcome) {
    assertThat(waiting.remove(ticket)).as("%s is answered once", ticket).isTrue();
    seen.merge(outcome, 1L, Long::sum);
    answered++;
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> T any(List<T> values) {
    return values.isEmpty() ? null : pick(values);
  }
}
