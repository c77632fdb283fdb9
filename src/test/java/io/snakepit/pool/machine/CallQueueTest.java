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

class CallQueueTest {

  /**
   * Below 60 a new call comes, below 70 an older one comes back; from there on one in the middle
   * goes or, at 90 and above, the first.
   */
  @Property
  void behavesLikeAListFromWhichAnyMayBeTaken(
      @ForAll @Size(max = 300) List<@IntRange(max = 99) Integer> steps) {
    CallQueue queue = new CallQueue();
    List<Ticket> model = new ArrayList<>();
    long arrivals = 0;
    for (int step : steps) {
      if (step < 70) {
        Ticket ticket = NoCaller.ticket(Call.of("t"), "c", 0);
        ticket.arrival = step < 60 ? ++arrivals * 100 : arrivals * step;
        queue.insert(ticket);
        model.add(ticket);
        model.sort(Comparator.comparingLong(each -> each.arrival));
      } else if (step < 90 && !model.isEmpty()) {
        queue.remove(model.remove(step % model.size()));
      } else if (!model.isEmpty()) {
        queue.remove(model.remove(0));
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(queue.peek()).isSameAs(model.isEmpty() ? null : model.get(0));
    }
  }
}
