package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ReadyWorkersTest {
  private static final int CAPACITY = 4;
  private static final int WORKERS = 6;

  /** A list for each load of workers that stay, then for each of those that are to go. */
  private static final int SHELVES = 2 * CAPACITY;

  /** Each step moves one worker to one shelf, or out: the last place means that it has no room. */
  @Property
  void givesTheLeastLoadedAndAmongEqualsTheOneUsedLast(
      @ForAll @Size(max = 300) List<@IntRange(max = WORKERS * (SHELVES + 1) - 1) Integer> steps) {
    ReadyWorkers ready = new ReadyWorkers(CAPACITY);
    List<Deque<WorkerSlot>> model = new ArrayList<>();
    IntStream.range(0, SHELVES).forEach(shelf -> model.add(new ArrayDeque<>()));
    List<WorkerSlot> slots =
        IntStream.range(0, WORKERS)
            .mapToObj(n -> new WorkerSlot("p-" + n, new RestartBackoff(List.of(0L), 1), 4, 0))
            .toList();
    slots.forEach(slot -> slot.sessions.addAll(sessionsOf(slots.indexOf(slot) % 3)));
    for (int step : steps) {
      WorkerSlot slot = slots.get(step / (SHELVES + 1));
      int shelf = step % (SHELVES + 1);
      if (slot.isShelved()) {
        ready.remove(slot);
        model.forEach(each -> each.remove(slot));
      }
      slot.load = shelf % CAPACITY;
      slot.due = shelf < CAPACITY ? null : "is worn";
      if (shelf < SHELVES) {
        ready.add(slot);
        model.get(shelf).addFirst(slot);
      }
      assertThat(ready.first()).isSameAs(firstOf(model));
      assertThat(ready.leastBound()).isSameAs(leastBoundOf(model.subList(0, CAPACITY)));
      assertThat(ready.isEmpty()).isEqualTo(firstOf(model) == null);
      assertThat(ready.longestIdle()).isSameAs(model.get(0).peekLast());
    }
  }

  private static List<String> sessionsOf(int count) {
    return IntStream.range(0, count).mapToObj(n -> "s-" + n).toList();
  }

  private static WorkerSlot leastBoundOf(List<Deque<WorkerSlot>> model) {
    return model.stream()
        .flatMap(Deque::stream)
        .min(Comparator.comparingInt(slot -> slot.sessions.size()))
        .orElse(null);
  }

  private static WorkerSlot firstOf(List<Deque<WorkerSlot>> model) {
    return model.stream().filter(each -> !each.isEmpty()).findFirst().map(Deque::peek).orElse(null);
  }
}
