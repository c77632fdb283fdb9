package io.snakepit.api.waiting;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Of 1,000 bytes, 250 are reserved for each of two accounts; those who can wait for room do. */
class WaitingForRoomTest {
  private final ByteBudget budget = new ByteBudget(1000, 2);
  private final ByteAccount one = budget.open("one");
  private final ByteAccount other = budget.open("other");
  private final List<String> told = new ArrayList<>();
  private final List<ByteLease> leases = new ArrayList<>();

  private Consumer<ByteLease> told(String who) {
    return lease -> {
      told.add(who);
      leases.add(lease);
    };
  }

  @Test
  void whoWaitsIsServedInOrder() {
    ByteLease first = one.take(700);
    assertThat(one.ask(400, told("large"))).isNull();
    assertThat(one.ask(10, told("small"))).as("there is room, but another waits for it").isNull();
    assertThat(other.ask(250, lease -> {})).as("its reserve suffices").isNotNull();

    first.release();

    assertThat(told).containsExactly("large", "small");
    assertThat(one.used()).isEqualTo(410);
  }

  @Test
  void whoWaitsIsNotOvertakenForEver() {
    ByteLease first = one.take(700);
    ByteLease second = one.take(50);
    one.ask(5_000, told("huge"));
    first.release();
    assertThat(told).isEmpty();
    assertThat(one.ask(300, told("later"))).isNull();
    second.release();
    assertThat(told).as("alone, so it passes").containsExactly("huge");
    leases.get(0).release();
    assertThat(told).containsExactly("huge", "later");
  }

  @Test
  void whoWaitsNoMoreHoldsNobodyUp() {
    one.take(700);
    Consumer<ByteLease> large = told("large");
    one.ask(400, large);
    one.ask(50, told("small"));

    assertThat(one.forget(large)).isTrue();

    assertThat(told).containsExactly("small");
    assertThat(one.forget(large)).isFalse();
  }

  /** Fails where a request for which there is room passes the one before it. */
  @Test
  void whoHasNoRoomHoldsUpThoseBehind() {
    one.take(400);
    ByteLease second = requireNonNull(one.take(340));
    one.ask(700, told("large"));
    one.ask(300, told("small"));

    second.release();
    assertThat(one.hasRoom(300)).isTrue();
    assertThat(told).as("small would fit, but large came first").isEmpty();
  }

  /** Fails where an account has to wait for its own reserve. */
  @Test
  void whoWaitsIsNotHeldUpWithinItsReserve() {
    one.take(750);
    ByteLease own = requireNonNull(other.take(200));
    one.ask(400, told("large"));
    assertThat(other.ask(100, told("reserved"))).as("beyond its reserve").isNull();

    own.release();
    assertThat(told).containsExactly("reserved");
  }

  /** Fails where only what is given back makes room, and not what another account takes over. */
  @Test
  void roomThatAMoveMakesIsGivenToWhoWaits() {
    one.take(500);
    ByteLease moves = requireNonNull(one.take(250));
    one.ask(250, told("waits"));
    assertThat(told).isEmpty();

    assertThat(moves.moveTo(other)).as("within its reserve").isTrue();
    assertThat(told).containsExactly("waits");
    assertThat(budget.counted()).isEqualTo(1000);
  }

  @Test
  void roomThatALeaseLeavesWhenItShrinksIsGivenToWhoWaits() {
    one.take(500);
    ByteLease shrinks = requireNonNull(one.take(250));
    one.ask(200, told("waits"));
    shrinks.set(49);
    assertThat(told).containsExactly("waits");
  }
}
