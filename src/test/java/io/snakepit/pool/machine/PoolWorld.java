package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.WorkerEnd;
import io.snakepit.pool.machine.Surroundings.Body;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pool among fake workers and callers of chance: calls come, workers answer, answer late or
 * twice, ignore a cancel, crash and stall; operators give orders, time passes. The seed decides all
 * of it.
 */
final class PoolWorld {
  private static final List<String> TOOLS = List.of("plain", "plain", "plain", "embed");
  private static final String OK = "OK";
  private static final long MAX_MEMORY = 1_000;

  /** The ways in which a worker's process ends that was lost, or found to hang. */
  enum Ends {
    /** In the same moment. */
    AT_ONCE,
    /**
     * Some time after, as it is with processes; they hold more and more memory; and some calls are
     * streams, whose consumers take their time.
     */
    LATER
  }

  final PoolState state;
  final PoolLimits limits;
  final Surroundings around;
  long submitted;
  long now;
  private final Random random;
  private final Ends ends;
  private final Map<String, Body> alive;
  private final Operators operators;
  private final ToolRules rules;
  private final StreamWorld streams;

  /** True if the code is such that no forked worker ever answers. */
  private final boolean forksHang;

  /** The way in which forked workers end as they start; null: they get ready. */
  private final @Nullable WorkerEnd endOfForks;

  PoolWorld(long seed, Ends ends) {
    this.random = new Random(seed);
    this.ends = ends;
    RandomOptions options = new RandomOptions(random);
    this.limits =
        PoolScript.limits(
            ends == Ends.AT_ONCE ? options.pool() : options.poolOfEveryKind(MAX_MEMORY),
            options.sessionTtlMs());
    this.now = random.nextLong();
    this.state = new PoolState(limits, new SplittableRandom(seed));
    List<BatchRule> batches =
        random.nextBoolean()
            ? List.of(new BatchRule("embed", 1 + random.nextInt(5), PoolScript.ms(5)))
            : List.of();
    this.rules =
        new ToolRules(batches, Map.of("plain", random.nextInt(3) > 0), random.nextBoolean());
    this.around = new Surroundings(limits, rules::mayInterrupt, () -> now);
    this.alive = around.alive;
    this.streams = new StreamWorld(this, random);
    this.operators = new Operators(this, random);
    boolean allEnd = rules.mayInterrupt("plain") && rules.mayInterrupt("embed");
    this.forksHang = limits.workers().triesFork() && allEnd && Math.floorMod(seed, 3) > 0;
    this.endOfForks = forksHang ? RandomOptions.endOfForks(seed) : null;
    perform(state.start());
    while (state.phase() == PoolPhase.STARTING) {
      becomeReady();
    }
  }

  void step() {
    if (state.phase() == PoolPhase.OPEN && random.nextInt(20) == 0) {
      pass(limits.restart().probationNanos());
      return;
    }
    if (ends == Ends.LATER && random.nextInt(20) == 0) {
      measure();
      return;
    }
    if (limits.calls().onEventLoop() && random.nextInt(8) == 0) {
      tellOfLoop();
      return;
    }
    if (ends == Ends.LATER && random.nextInt(3) == 0) {
      streams.step();
      return;
    }
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> submit();
      case 5, 6, 7, 8 -> answer();
      case 9, 10 -> becomeReady();
      case 11, 12 -> pass(PoolScript.ms(random.nextInt(8)));
      case 13 -> cancel();
      case 14 -> misfortune();
      default -> operators.order();
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
    Ticket ticket = ticket(call);
    around.waiting.add(ticket);
    boolean full = state.calls().queued() >= limits.queueing().maxCalls();
    WorkerSlot home = around.expires(ticket.call.session()) ? null : homeOf(ticket);
    boolean free = home != null && home.canTake();
    perform(state.submit(ticket, now));
    boolean queued = ticket.state == Ticket.State.QUEUED;
    assertThat(queued && full).as("a call waits where the queue was full").isFalse();
    if (state.phase() == PoolPhase.SERVING && !state.status(now).paused()) {
      around.used(ticket);
      if (home != null) {
        respects(home, free, ticket);
      }
    }
  }

  private Ticket ticket(Call call) {
    String id = "c" + submitted++;
    return ends == Ends.LATER && random.nextInt(3) == 0
        ? NoCaller.ticket(call, id, now, streams.open())
        : NoCaller.ticket(call, id, now);
  }

  private WorkerSlot homeOf(Ticket ticket) {
    Predicate<WorkerSlot> holds = slot -> slot.sessions.contains(ticket.call.session());
    return state.crew().all().stream().filter(holds).findFirst().orElse(null);
  }

  private void respects(WorkerSlot home, boolean free, Ticket ticket) {
    assertThat(home.sessions).as("the binding stays").contains(ticket.call.session());
    if (free) {
      assertThat(ticket.slot).as("a session's worker that has room is taken").isSameAs(home);
    } else if (limits.sessions().isStrict()) {
      assertThat(ticket.slot).as("no other worker takes a strict session's call").isNull();
    }
  }

  /** Looks how much memory a worker holds. */
  private void measure() {
    String worker = any(alive.keySet().stream().filter(w -> alive.get(w).ready).toList());
    if (worker != null) {
      perform(state.workerHolds(worker, held()));
    }
  }

  /** A worker's event loop comes round, or has not for long. */
  private void tellOfLoop() {
    String worker = any(alive.keySet().stream().filter(w -> alive.get(w).ready).toList());
    if (worker != null && random.nextInt(4) > 0) {
      around.note("came round " + worker);
      state.messages().cameRound(worker, now);
    } else if (worker != null) {
      perform(state.messages().standsStill(worker, now));
    }
  }

  /** Bytes that a worker holds; 0: not told. */
  private long held() {
    return ends == Ends.AT_ONCE ? 0 : random.nextLong(MAX_MEMORY * 21 / 20);
  }

  private void cancel() {
    Ticket ticket = any(around.waiting.stream().sorted(PoolWorld::byId).toList());
    if (ticket != null && random.nextInt(3) == 0) {
      perform(state.cancel(ticket.id, now));
      assertThat(around.waiting).as("a cancelled call is answered at once").doesNotContain(ticket);
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
                .filter(w -> !alive.get(w).calls.isEmpty() && answers(alive.get(w)))
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
    if (ticket.state == Ticket.State.RUNNING) {
      around.hears(body);
    }
    ErrorCode code = random.nextInt(3) == 0 ? ErrorCode.PYTHON_EXCEPTION : null;
    around.perform(
        state.messages().completed(worker, sequence, code, held(), now),
        code == null ? OK : code.name());
    boolean again = random.nextInt(10) == 0;
    if (again && ends == Ends.LATER) {
      perform(state.messages().completed(worker, sequence, null, 0, now));
      boolean doomed = !alive.containsKey(worker) || alive.get(worker).doomed || body.mute;
      assertThat(doomed).as("who answers twice is ended").isTrue();
    }
  }

  /** Returns whether a worker can answer, so that anybody hears of it. */
  boolean answers(Body body) {
    return !body.mute && !(forksHang && body.forkedAfter >= 0);
  }

  private void becomeReady() {
    String worker = any(alive.keySet().stream().filter(w -> !alive.get(w).ready).toList());
    if (worker == null || alive.get(worker).doomed) {
      return;
    }
    if (endOfForks != null && alive.get(worker).forkedAfter >= 0) {
      endAsItStarts(worker, endOfForks);
    } else if (!alive.get(worker).mute) {
      alive.get(worker).ready = true;
      around.note("ready " + worker);
      perform(state.workerReady(worker, rules, now));
    }
  }

  /** A worker hangs or dies as it starts; before its process is gone, its connection may be. */
  private void endAsItStarts(String worker, WorkerEnd end) {
    if (end == WorkerEnd.DIED && !alive.get(worker).mute) {
      alive.get(worker).mute = true;
      perform(state.workerLost(worker, false, now));
    } else {
      end(worker, end);
    }
  }

  private void misfortune() {
    String victim = any(List.copyOf(alive.keySet()));
    if (victim == null) {
      return;
    }
    boolean later = false;
    if (random.nextInt(3) == 0) {
      boolean unread = random.nextBoolean();
      perform(state.workerLost(victim, unread, now));
      alive.get(victim).mute = true;
      alive.get(victim).unread |= unread && alive.get(victim).calls.size() == 1;
      later = ends == Ends.LATER && random.nextBoolean();
    } else if (random.nextInt(3) == 0) {
      perform(state.workerHung(victim, "hung", now));
      later = ends == Ends.LATER && alive.get(victim).doomed && random.nextBoolean();
    }
    if (!later) {
      end(victim);
    }
  }

  /** A worker's process ends. */
  private void end(String worker) {
    end(worker, alive.get(worker).doomed ? WorkerEnd.ASKED : WorkerEnd.DIED);
  }

  private void end(String worker, WorkerEnd end) {
    Body body = alive.remove(worker);
    around.note("ended " + worker);
    around.died(body);
    perform(state.workerEnded(worker, "ended", end, now));
  }

  /** The process of a worker ends that is to end, or that nobody can talk to any more. */
  void endDoomed() {
    String next =
        any(alive.keySet().stream().filter(w -> alive.get(w).doomed || alive.get(w).mute).toList());
    if (next != null) {
      end(next);
    }
  }

  /**
   * Faults and orders stop: workers answer, those that are to end do, those that start are ready.
   */
  void settle() {
    operators.resume();
    for (int i = 0; i < 2_000 && !isSettled(); i++) {
      endDoomed();
      becomeReady();
      answer();
      streams.takeAll();
      pass(PoolScript.ms(2));
      if (state.phase() == PoolPhase.OPEN) {
        pass(limits.restart().probationNanos());
      }
    }
  }

  /**
   * Returns whether the pool is whole: all are ready, nobody starts or ends, no call is anywhere.
   */
  boolean isSettled() {
    Crew crew = state.crew();
    return state.phase() == PoolPhase.SERVING
        && crew.ready() == crew.target()
        && crew.all().size() == crew.target()
        && crew.running() == 0
        && state.calls().queued() == 0
        && around.waiting.isEmpty();
  }

  void shutDown() {
    perform(state.drain(PoolScript.ms(50), now));
    for (int i = 0; i < 2_000 && !around.stopped; i++) {
      answer();
      streams.takeAll();
      pass(PoolScript.ms(5));
      endDoomed();
    }
  }

  void perform(List<PoolEffect> effects) {
    around.perform(effects, OK);
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> T any(List<T> values) {
    return values.isEmpty() ? null : pick(values);
  }
}
