package io.snakepit.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Event;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AddressesTest {

  @Test
  void addressesAreTheContracts() {
    assertThat(Addresses.EXECUTE).isEqualTo("snakepit.execute");
    assertThat(Addresses.POOLS).isEqualTo("snakepit.pools");
    assertThat(Addresses.WORKERS).isEqualTo("snakepit.workers");
    assertThat(Addresses.TOOLS).isEqualTo("snakepit.tools");
    assertThat(Addresses.EVENTS).isEqualTo("snakepit.events");
  }

  @Test
  void eachPoolHasItsOwn() {
    assertThat(Addresses.executeOn("ml")).isEqualTo("snakepit.pool.ml.execute");
    assertThat(Addresses.inspect("ml")).isEqualTo("snakepit.pool.ml.inspect");
  }

  @Test
  void eventsHaveDistinctDottedNames() {
    assertThat(Arrays.stream(Event.values()).map(Event::id))
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("[a-z]+\\.[a-z_]+(\\.[a-z]+)?"));
  }

  @Test
  void aPoolCanBeAskedForItselfItsWorkersAndItsTools() {
    assertThat(Question.values()).containsExactly(Question.POOL, Question.WORKERS, Question.TOOLS);
  }
}
