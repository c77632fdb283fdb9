package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DeadlineHeapTest {

  @Property
  void givesTicketsInTheOrderOfTheirTimesWhateverWasMovedOrCancelled(
      @ForAll @Size(max = 200) List<@IntRange(max = 50) Integer> times,
      @ForAll @Size(max = 50) List<@IntRange(max = 199) Integer> cancelled,
      @ForAll @Size(max = 50) List<@IntRange(max = 199) Integer> moved,
      @ForAll long start) {
    DeadlineHeap heap = new DeadlineHeap();
    List<Ticket> tickets = new ArrayList<>();
    for (int time : times) {
      Ticket ticket = NoCaller.ticket(Call.of("t"), "c" + tickets.size(), 0);
      tickets.add(ticket);
      heap.schedule(ticket, start + time);
    }
    List<Ticket> left = new ArrayList<>(tickets);
    moved.stream()
        .filter(i -> i < tickets.size())
        .forEach(i -> heap.schedule(tickets.get(i), start + 7));
    cancelled.stream()
        .filter(i -> i < tickets.size())
        .forEach(
            i -> {
              heap.cancel(tickets.get(i));
              left.remove(tickets.get(i));
            });

    List<Long> drained = new ArrayList<>();
    for (Ticket next = heap.peek(); next != null; next = heap.peek()) {
      drained.add(next.wakeAt - start);
      heap.cancel(next);
    }

    assertThat(drained)
        .isEqualTo(
            left.stream().map(t -> t.wakeAt - start).sorted(Comparator.naturalOrder()).toList());
    assertThat(heap.size()).isZero();
  }
}
