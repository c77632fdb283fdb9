package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AffinityTest {
  private static final int SESSIONS = 5;
  private static final int WORKERS = 3;

  /**
   * Below 80 a call of a session comes and, if its session is bound to nobody and nothing is to be
   * told, binds it; from there on a worker ends and another of its place comes.
   */
  @Property
  void bindsUntilTheWorkerEndsAndThenTellsEachSessionOnce(
      @ForAll @Size(max = 200) List<@IntRange(max = 99) Integer> steps) {
    Affinity affinity = affinity(sessions(SESSIONS, PoolLimits.Strictness.STRICT_QUEUE));
    List<WorkerSlot> slots = slots();
    Map<String, WorkerSlot> bound = new HashMap<>();
    Set<String> untold = new HashSet<>();
    long arrival = 0;
    for (int step : steps) {
      WorkerSlot slot = slots.get(step % WORKERS);
      if (step >= 80) {
        affinity.drop(slot, arrival);
        bound.forEach((session, home) -> untold.addAll(home == slot ? Set.of(session) : Set.of()));
        bound.values().removeIf(home -> home == slot);
        continue;
      }
      String session = "s-" + step % SESSIONS;
      arrival++;
      assertThat(affinity.workerOf(session, 0)).isSameAs(bound.get(session));
      if (!bound.containsKey(session)) {
        assertThat(affinity.tellsLoss(session, arrival)).isEqualTo(untold.remove(session));
        assertThat(affinity.bind(session, slot, 0)).as("told before").isFalse();
        bound.put(session, slot);
      }
      for (WorkerSlot each : slots) {
        assertThat(each.sessions)
            .allSatisfy(one -> assertThat(affinity.workerOf(one, 0)).isSameAs(each));
      }
    }
  }

  @Property
  void remembersNoMoreSessionsThanItMay(
      @ForAll @Size(max = 200) List<@IntRange(max = 30) Integer> sessions,
      @ForAll @IntRange(min = 1, max = 10) int most) {
    Affinity affinity = affinity(sessions(most, PoolLimits.Strictness.HINT));
    List<WorkerSlot> slots = slots();
    for (int session : sessions) {
      String name = "s-" + session;
      if (affinity.workerOf(name, 0) == null) {
        affinity.bind(name, slots.get(session % WORKERS), 0);
      }
      assertThat(affinity.size()).isLessThanOrEqualTo(most);
      assertThat(slots.stream().mapToInt(each -> each.sessions.size()).sum())
          .isEqualTo(affinity.size());
      assertThat(affinity.workerOf(name, 0)).as("the one used last").isNotNull();
    }
  }

  private static Affinity affinity(PoolLimits.Sessions limits) {
    return new Affinity(limits, session -> false);
  }

  private static PoolLimits.Sessions sessions(int most, PoolLimits.Strictness strictness) {
    return new PoolLimits.Sessions(strictness, most, Long.MAX_VALUE);
  }

  /** Each step is so many ms after the one before, and a call of a session. */
  @Property
  void dropsWhatWasIdleForTooLongAndNothingElse(
      @ForAll @Size(max = 100) List<@IntRange(max = 40) Integer> steps) {
    Affinity affinity =
        affinity(new PoolLimits.Sessions(PoolLimits.Strictness.STRICT_QUEUE, 100, 50));
    List<WorkerSlot> slots = slots();
    Map<String, Long> used = new HashMap<>();
    long now = 0;
    for (int step : steps) {
      now += step;
      long at = now;
      affinity.expire(at);
      used.values().removeIf(last -> at - last > 50);
      assertThat(affinity.size()).isEqualTo(used.size());
      assertThat(slots.stream().flatMap(each -> each.sessions.stream()))
          .containsExactlyInAnyOrderElementsOf(used.keySet());
      String session = "s-" + step % 7;
      if (affinity.workerOf(session, now) == null) {
        affinity.bind(session, slots.get(step % WORKERS), now);
      }
      used.put(session, now);
    }
  }

  /** Fails if a session that has lost its worker is taken for another one too many. */
  @Test
  void aSessionThatIsKnownHasRoomThoughThereIsNoneForOthers() {
    Affinity affinity = affinity(sessions(1, PoolLimits.Strictness.STRICT_QUEUE));
    WorkerSlot slot = slots().get(0);
    affinity.bind("known", slot, 0);
    affinity.drop(slot, 1);
    assertThat(affinity.hasRoomFor("known")).isTrue();
    assertThat(affinity.hasRoomFor("other")).isFalse();
  }

  private static List<WorkerSlot> slots() {
    return IntStream.range(0, WORKERS)
        .mapToObj(n -> new WorkerSlot("p-" + n, new RestartBackoff(List.of(0L), 1), 1, 0))
        .toList();
  }
}
