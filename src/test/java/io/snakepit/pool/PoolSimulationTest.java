package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.pool.PoolEffect.Deliver;
import io.snakepit.pool.PoolEffect.Dispatch;
import io.snakepit.pool.PoolEffect.KillWorker;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.PoolEffect.StartWorker;
import io.snakepit.pool.PoolEffect.StopWorker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pool in a world of chance: calls come, workers answer, answer late or twice, crash and stall,
 * time passes. After every step the promises in {@link PoolState} are checked. The seed stands in
 * the test's name, so that a failure can be seen again.
 */
class PoolSimulationTest {
  private static final int STEPS = 30_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void keepsItsPromisesWhateverHappens(long seed) {
    World world = new World(new Random(seed));
    for (int step = 0; step < STEPS; step++) {
      world.step();
      world.check("seed " + seed + " step " + step);
    }
    world.shutDown();
    world.check("seed " + seed + " at the end");
    assertThat(world.stopped).as("seed %s: the pool has stopped", seed).isTrue();
    assertThat(world.waiting).as("seed %s: every caller was answered", seed).isEmpty();
  }

  /** Fake workers and callers around one pool. */
  private static final class World {
    private final Random random;
    private final PoolState state;
    private final Map<String, Ticket> inWorker = new HashMap<>();
    private final Set<String> starting = new HashSet<>();
    private final Set<String> alive = new HashSet<>();
    private final Set<String> doomed = new HashSet<>();
    private final Set<Ticket> waiting = new HashSet<>();
    private final Set<String> everUsed = new HashSet<>();
    private long answered;
    private long submitted;
    private long now;
    private boolean stopped;

    World(Random random) {
      this.random = random;
      int size = 1 + random.nextInt(8);
      int queue = random.nextInt(12);
      this.now = random.nextLong();
      this.state =
          new PoolState(
              new PoolLimits(
                  "p",
                  size,
                  1 + random.nextInt(4),
                  0,
                  queue,
                  40,
                  100,
                  30,
                  List.of(0L, 5L, 9L),
                  500,
                  random.nextBoolean() ? 0 : 2 + random.nextInt(20)));
      perform(state.start());
      while (state.phase() == PoolPhase.STARTING) {
        becomeReady();
      }
    }

    void step() {
      if (state.phase() == PoolPhase.OPEN && random.nextInt(20) == 0) {
        standStill();
        return;
      }
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> submit();
        case 3, 4, 5 -> answer();
        case 6 -> becomeReady();
        case 7 -> now += random.nextInt(20);
        case 8 -> perform(state.expire(now));
        default -> misfortune();
      }
    }

    /** Long enough for the circuit to close, if somebody is up to close it. */
    private void standStill() {
      now += state.limits().probationNanos();
      perform(state.expire(now));
    }

    private void submit() {
      Call call = Call.of("t");
      Ticket ticket = new Ticket(call, "c" + submitted++, now);
      waiting.add(ticket);
      perform(state.submit(ticket, now));
    }

    private void answer() {
      String worker = any(inWorker.keySet());
      if (worker != null) {
        Ticket ticket = inWorker.remove(worker);
        ErrorCode code = random.nextInt(5) == 0 ? ErrorCode.PYTHON_EXCEPTION : null;
        long sequence = ticket.sequence;
        perform(state.completed(worker, sequence, code, now));
        if (random.nextInt(10) == 0) {
          perform(state.completed(worker, sequence, null, now));
        }
      }
    }

    private void becomeReady() {
      String worker = any(starting);
      if (worker != null) {
        starting.remove(worker);
        perform(state.workerReady(worker, now));
      }
    }

    private void misfortune() {
      String victim = any(alive);
      if (victim == null) {
        return;
      }
      if (random.nextInt(3) == 0) {
        perform(state.workerLost(victim, now));
      } else if (random.nextInt(3) == 0) {
        perform(state.workerHung(victim, "hung", now));
      }
      end(victim, doomed.contains(victim));
    }

    private void end(String worker, boolean asked) {
      alive.remove(worker);
      starting.remove(worker);
      doomed.remove(worker);
      inWorker.remove(worker);
      perform(state.workerEnded(worker, "ended", asked, now));
    }

    void shutDown() {
      perform(state.drain(50, now));
      for (int i = 0; i < 1_000 && !stopped; i++) {
        answer();
        now += 5;
        perform(state.expire(now));
        String next = any(doomed);
        if (next != null) {
          end(next, true);
        }
      }
    }

    private void perform(List<PoolEffect> effects) {
      for (PoolEffect effect : effects) {
        if (effect instanceof Dispatch d) {
          dispatched(d);
        } else if (effect instanceof Deliver d) {
          settle(d.ticket());
        } else if (effect instanceof Refuse r) {
          settle(r.ticket());
        } else if (effect instanceof StartWorker s) {
          assertThat(everUsed.add(s.worker())).as("%s is a new name", s.worker()).isTrue();
          alive.add(s.worker());
          starting.add(s.worker());
        } else if (effect instanceof StopWorker s) {
          assertThat(alive).contains(s.worker());
          doomed.add(s.worker());
        } else if (effect instanceof KillWorker k) {
          assertThat(alive).contains(k.worker());
          doomed.add(k.worker());
        } else if (effect instanceof PoolEffect.Stopped) {
          stopped = true;
        }
      }
    }

    private void dispatched(Dispatch dispatch) {
      assertThat(alive).as("a call goes to a live worker").contains(dispatch.worker());
      assertThat(starting).doesNotContain(dispatch.worker());
      assertThat(inWorker).as("one call at a time").doesNotContainKey(dispatch.worker());
      assertThat(waiting).as("a call that was answered never runs").contains(dispatch.ticket());
      inWorker.put(dispatch.worker(), dispatch.ticket());
    }

    private void settle(Ticket ticket) {
      assertThat(waiting.remove(ticket)).as("%s is answered once", ticket).isTrue();
      answered++;
    }

    void check(String where) {
      Crew crew = state.crew();
      assertThat(answered + waiting.size()).as(where).isEqualTo(submitted);
      long queued = waiting.stream().filter(t -> t.state == Ticket.State.QUEUED).count();
      long running = waiting.stream().filter(t -> t.state == Ticket.State.RUNNING).count();
      assertThat(queued).as(where).isEqualTo(state.queued());
      assertThat(queued + running)
          .as(where + ": each call is in one place")
          .isEqualTo(waiting.size());
      assertThat(state.queued()).as(where).isLessThanOrEqualTo(state.limits().maxQueue());
      assertThat(crew.hasIdle() && state.queued() > 0)
          .as(where + ": idle while calls wait")
          .isFalse();
      assertThat(crew.all()).as(where).hasSize(alive.size());
      for (WorkerSlot slot : crew.all()) {
        assertThat(alive).as(where + ": names no ended worker").contains(slot.worker);
        assertThat(slot.state() == WorkerSlot.State.BUSY && slot.current == null)
            .as(where)
            .isFalse();
        assertThat(slot.state() == WorkerSlot.State.IDLE && slot.current != null)
            .as(where)
            .isFalse();
      }
      if (state.phase() == PoolPhase.SERVING) {
        assertThat(crew.all()).as(where + ": every place is filled").hasSize(state.limits().size());
      }
      long counted = state.counters().ok();
      for (ErrorCode code : ErrorCode.values()) {
        counted += state.counters().of(code);
      }
      assertThat(counted).as(where + ": counters match").isEqualTo(answered);
    }

    private String any(Set<String> names) {
      if (names.isEmpty()) {
        return null;
      }
      List<String> sorted = new ArrayList<>(names);
      sorted.sort(null);
      return sorted.get(random.nextInt(sorted.size()));
    }
  }
}
