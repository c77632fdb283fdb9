package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
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

  /** Each step moves one worker to one load, or out: 4 means that it has no room. */
  @Property
  void givesTheLeastLoadedAndAmongEqualsTheOneUsedLast(
      @ForAll @Size(max = 300) List<@IntRange(max = WORKERS * (CAPACITY + 1) - 1) Integer> steps) {
    ReadyWorkers availability = new ReadyWorkers(CAPACITY);
    List<Deque<WorkerSlot>> model = new ArrayList<>();
    IntStream.range(0, CAPACITY).forEach(load -> model.add(new ArrayDeque<>()));
    List<WorkerSlot> slots =
        IntStream.range(0, WORKERS)
            .mapToObj(n -> new WorkerSlot("p-" + n, new RestartBackoff(List.of(0L), 1), 4, 0))
            .toList();
    for (int step : steps) {
      WorkerSlot slot = slots.get(step / (CAPACITY + 1));
      int load = step % (CAPACITY + 1);
      if (slot.shelf != null) {
        availability.remove(slot);
        model.forEach(each -> each.remove(slot));
      }
      slot.load = load;
      if (load < CAPACITY) {
        availability.add(slot);
        model.get(load).addFirst(slot);
      }
      WorkerSlot first =
          model.stream().filter(each -> !each.isEmpty()).findFirst().map(Deque::peek).orElse(null);
      assertThat(availability.first()).isSameAs(first);
      assertThat(availability.isEmpty()).isEqualTo(first == null);
      assertThat(availability.longestIdle()).isSameAs(model.get(0).peekLast());
    }
  }
}
