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
    Affinity affinity = new Affinity(SESSIONS, true);
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
      assertThat(affinity.workerOf(session)).isSameAs(bound.get(session));
      if (!bound.containsKey(session)) {
        assertThat(affinity.tellsLoss(session, arrival)).isEqualTo(untold.remove(session));
        assertThat(affinity.bind(session, slot)).as("told before").isFalse();
        bound.put(session, slot);
      }
      for (WorkerSlot each : slots) {
        assertThat(each.sessions)
            .allSatisfy(one -> assertThat(affinity.workerOf(one)).isSameAs(each));
      }
    }
  }

  @Property
  void remembersNoMoreSessionsThanItMay(
      @ForAll @Size(max = 200) List<@IntRange(max = 30) Integer> sessions,
      @ForAll @IntRange(min = 1, max = 10) int most) {
    Affinity affinity = new Affinity(most, false);
    List<WorkerSlot> slots = slots();
    for (int session : sessions) {
      String name = "s-" + session;
      if (affinity.workerOf(name) == null) {
        affinity.bind(name, slots.get(session % WORKERS));
      }
      assertThat(affinity.size()).isLessThanOrEqualTo(most);
      assertThat(slots.stream().mapToInt(each -> each.sessions.size()).sum())
          .isEqualTo(affinity.size());
      assertThat(affinity.workerOf(name)).as("the one used last").isNotNull();
    }
  }

  private static List<WorkerSlot> slots() {
    return IntStream.range(0, WORKERS)
        .mapToObj(n -> new WorkerSlot("p-" + n, new RestartBackoff(List.of(0L), 1), 1, 0))
        .toList();
  }
}
