package io.snakepit.host;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.config.PoolOptions;
import io.snakepit.config.SnakepitOptions;
import java.util.HashMap;
import java.util.Map;

/**
 * Budgets of a host's bytes that wait. Pools without a {@code maxQueueBytes} of their own share a
 * quarter of the heap for bodies; for answers that clients have not taken all pools share {@code
 * http.maxBufferedBytes}, or an eighth of the heap. Any thread may call it.
 */
public final class WaitingBytes {
  private static final int BODIES_SHARE = 4;
  private static final int ANSWERS_SHARE = 8;

  private final Map<String, ByteAccount> bodies = new HashMap<>();
  private final Map<String, ByteAccount> answers = new HashMap<>();

  /**
   * @param heapBytes the largest size of the heap
   */
  WaitingBytes(SnakepitOptions options, long heapBytes) {
    Map<String, PoolOptions> pools = options.pools();
    int sharing = (int) pools.values().stream().filter(each -> each.maxQueueBytes() == 0).count();
    ByteBudget shared = new ByteBudget(heapBytes / BODIES_SHARE, Math.max(1, sharing));
    long buffered = options.http().maxBufferedBytes();
    ByteBudget taken =
        new ByteBudget(buffered == 0 ? heapBytes / ANSWERS_SHARE : buffered, pools.size());
    pools.forEach(
        (name, pool) -> {
          long own = pool.maxQueueBytes();
          ByteBudget budget = own == 0 ? shared : new ByteBudget(own, 1);
          bodies.put(name, budget.open("pools." + name + ".maxQueueBytes"));
          answers.put(name, taken.open("http.maxBufferedBytes"));
        });
  }

  /** Returns the account of the bodies that wait for a pool. */
  ByteAccount bodies(String pool) {
    return requireNonNull(bodies.get(pool));
  }

  /** Returns the account of a pool's answers. */
  ByteAccount answers(String pool) {
    return requireNonNull(answers.get(pool));
  }
}
