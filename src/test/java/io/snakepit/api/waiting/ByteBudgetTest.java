package io.snakepit.api.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteBudgetTest {
  private static final int LIMIT = 1000;

  private final ByteBudget budget = new ByteBudget(LIMIT, 2);
  private final ByteAccount one = budget.open("one");
  private final ByteAccount other = budget.open("other");

  @Test
  void oneThatIsAloneAlwaysHasRoom() {
    ByteLease large = one.take(10 * LIMIT);
    assertThat(large).isNotNull();
    assertThat(budget.counted()).isEqualTo(10 * LIMIT);

    assertThat(one.take(1)).isNull();
    large.release();
    assertThat(one.take(1)).isNotNull();
  }

  @Test
  void oneThatGrowsMayDoSoWhileItIsAlone() {
    ByteLease growing = one.take(1);
    assertThat(growing.grow(10 * LIMIT)).isTrue();
    ByteLease second = other.take(250);
    assertThat(second).isNotNull();

    assertThat(growing.grow(1)).isFalse();
    second.release();
    assertThat(growing.grow(1)).isTrue();
    growing.release();
    assertThat(budget.counted()).isZero();
  }

  /** Half of 1,000 is reserved: 250 for each of two. */
  @Test
  void noAccountTakesAnothersReserve() {
    assertThat(one.take(750)).isNotNull();
    assertThat(one.take(1)).as("beyond its reserve and what is everybody's").isNull();
    assertThat(other.take(251)).as("beyond its reserve").isNull();
    assertThat(other.take(250)).as("its reserve").isNotNull();
  }

  @Test
  void oneThatIsTooLargeLeavesOthersTheirReserve() {
    assertThat(one.take(10 * LIMIT)).isNotNull();
    assertThat(other.take(250)).isNotNull();
    assertThat(other.take(1)).isNull();
  }

  @Test
  void saysWhetherThereIsRoomWithoutTakingIt() {
    assertThat(one.hasRoom(10 * LIMIT)).isTrue();
    assertThat(budget.counted()).isZero();
    one.take(700);
    assertThat(one.hasRoom(51)).isFalse();
    assertThat(one.hasRoom(50)).isTrue();
  }

  @Test
  void givesBackOnce() {
    ByteLease lease = one.take(100);
    one.take(5);
    lease.release();
    lease.release();
    assertThat(budget.counted()).isEqualTo(5);
    assertThat(lease.grow(100)).as("an ended lease takes nothing").isTrue();
    lease.set(100);
    assertThat(budget.counted()).isEqualTo(5);
  }

  @Test
  void whatIsThereAlreadyIsCountedWithoutRoom() {
    one.take(750);
    ByteLease forced = one.takeAnyway(300);
    assertThat(budget.counted()).isEqualTo(1050);
    forced.set(400);
    assertThat(one.used()).isEqualTo(1150);
    forced.set(1);
    assertThat(one.used()).isEqualTo(751);
  }

  @Test
  void aLeaseMovesToAnAccountThatHasRoom() {
    ByteLease lease = one.take(400);
    assertThat(lease.moveTo(other)).isTrue();
    assertThat(one.used()).isZero();
    assertThat(other.used()).isEqualTo(400);

    one.takeAnyway(500);
    ByteLease stays = one.takeAnyway(150);
    assertThat(stays.moveTo(other)).as("beyond what is everybody's").isFalse();
    assertThat(one.used()).isEqualTo(650);
    assertThat(other.used()).isEqualTo(400);
  }

  @Test
  void aLeaseMovesToAnotherBudget() {
    ByteBudget own = new ByteBudget(100, 1);
    ByteAccount elsewhere = own.open("own");
    ByteLease first = one.take(90);
    ByteLease second = one.take(20);
    assertThat(first.moveTo(elsewhere)).isTrue();
    assertThat(second.moveTo(elsewhere)).isFalse();
    assertThat(budget.counted()).isEqualTo(20);
    assertThat(own.counted()).isEqualTo(90);
    first.release();
    assertThat(own.counted()).isZero();
  }

  /** A long life of many leases, which a plain model of the rules follows step by step. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void countsAsTheRulesSay(long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    int pools = 1 + chance.nextInt(4);
    ByteBudget shared = new ByteBudget(LIMIT, pools);
    List<ByteAccount> accounts = new ArrayList<>();
    for (int i = 0; i < pools; i++) {
      accounts.add(shared.open("pool " + i));
    }
    List<Held> held = new ArrayList<>();
    List<Asked> waiting = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      ByteAccount account = accounts.get(chance.nextInt(pools));
      long bytes = 1L + chance.nextInt(chance.nextInt(10) == 0 ? 2 * LIMIT : LIMIT / 4);
      switch (chance.nextInt(6)) {
        case 0, 1 -> {
          boolean expected = mayTake(held, account, bytes, pools);
          ByteLease lease = account.take(bytes);
          assertThat(lease != null).as("seed %d, step %d", seed, step).isEqualTo(expected);
          if (lease != null) {
            held.add(new Held(lease, account));
          }
        }
        case 2 -> {
          Asked asked = new Asked(account, held);
          ByteLease lease = account.ask(bytes, asked);
          if (lease != null) {
            held.add(new Held(lease, account));
          } else {
            waiting.add(asked);
          }
        }
        case 3 -> {
          if (!waiting.isEmpty()) {
            Asked asked = waiting.remove(chance.nextInt(waiting.size()));
            assertThat(account.forget(asked)).isEqualTo(asked.lease == null);
          }
        }
        default -> {
          if (!held.isEmpty()) {
            held.remove(chance.nextInt(held.size())).lease.release();
          }
        }
      }
      long sum = held.stream().mapToLong(each -> each.lease.bytes()).sum();
      assertThat(shared.counted()).as("seed %d, step %d", seed, step).isEqualTo(sum);
      if (held.isEmpty()) {
        assertThat(waiting).as("nobody waits for nothing").allMatch(each -> each.lease != null);
      }
    }
    while (!held.isEmpty()) {
      held.remove(held.size() - 1).lease.release();
    }
    assertThat(shared.counted()).isZero();
  }

  private static boolean mayTake(List<Held> held, ByteAccount account, long bytes, int pools) {
    if (held.isEmpty()) {
      return true;
    }
    long reserve = LIMIT / (2L * pools);
    long beyond = 0;
    List<ByteAccount> seen = new ArrayList<>();
    for (Held each : held) {
      if (each.account != account && !seen.contains(each.account)) {
        seen.add(each.account);
        beyond += Math.max(0, sum(held, each.account) - reserve);
      }
    }
    long after = sum(held, account) + bytes;
    return after <= reserve || beyond + after - reserve <= LIMIT - reserve * pools;
  }

  private static long sum(List<Held> held, ByteAccount account) {
    return held.stream()
        .filter(each -> each.account == account)
        .mapToLong(each -> each.lease.bytes())
        .sum();
  }

  private record Held(ByteLease lease, ByteAccount account) {}

  private static final class Asked implements Consumer<ByteLease> {
    private final ByteAccount account;
    private final List<Held> held;
    private @Nullable ByteLease lease;

    Asked(ByteAccount account, List<Held> held) {
      this.account = account;
      this.held = held;
    }

    @Override
    public void accept(ByteLease granted) {
      lease = granted;
      held.add(new Held(granted, account));
    }
  }
}
