package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.machine.NoCaller;
import io.snakepit.pool.machine.PoolLimits;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.pool.machine.ToolRules;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Costs of a step of {@link PoolState} while so many calls wait: one that is queued, cancelled, or
 * dispatched when another has been answered. Deadlines differ, so that none comes cheaply.
 *
 * @param waiting calls in the queue
 */
public record QueueCosts(
    int waiting, double submitNanos, double cancelNanos, double dispatchNanos) {
  private static final int STEPS = 1_000;

  /** Measures a queue of that length, several times; the best of each counts. */
  public static QueueCosts measure(int waiting, int rounds) {
    List<QueueCosts> all = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      all.add(once(waiting, round));
    }
    return new QueueCosts(
        waiting,
        least(all, QueueCosts::submitNanos),
        least(all, QueueCosts::cancelNanos),
        least(all, QueueCosts::dispatchNanos));
  }

  private static double least(List<QueueCosts> all, ToDoubleFunction<QueueCosts> cost) {
    return all.stream().mapToDouble(cost).min().orElseThrow();
  }

  private static QueueCosts once(int waiting, int seed) {
    Random random = new Random(seed);
    PoolState state = serving(waiting + 2 * STEPS);
    List<Ticket> queued = new ArrayList<>();
    submit(state, waiting, random, queued);
    long begun = System.nanoTime();
    submit(state, STEPS, random, queued);
    double submitted = since(begun);
    Collections.shuffle(queued, random);
    begun = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      state.cancel(queued.get(i).id, 0);
    }
    double cancelled = since(begun);
    begun = System.nanoTime();
    for (long sequence = 1; sequence <= STEPS; sequence++) {
      state.messages().completed("bench-1", sequence, null, 0, 0);
    }
    return new QueueCosts(waiting, submitted, cancelled, since(begun));
  }

  private static double since(long begun) {
    return (System.nanoTime() - begun) / (double) STEPS;
  }

  private static PoolState serving(int room) {
    JsonObject pool =
        new JsonObject().put("size", 1).put("maxQueue", room).put("queueTimeoutMs", 86_400_000);
    SnakepitOptions options =
        SnakepitOptions.fromJson(
            new JsonObject().put("pools", new JsonObject().put("bench", pool)));
    PoolLimits limits =
        ConfiguredLimits.of(
            "bench", options.pools().values().iterator().next(), options.sessions());
    PoolState state = new PoolState(limits, new SplittableRandom(1));
    state.start();
    state.workerReady("bench-1", ToolRules.NONE, 0);
    state.submit(NoCaller.ticket(Call.of("t").timeoutMs(80_000_000), "first", 0), 0);
    return state;
  }

  private static void submit(PoolState state, int calls, Random random, List<Ticket> queued) {
    for (int i = 0; i < calls; i++) {
      Call call = Call.of("t").timeoutMs(1_000_000 + random.nextInt(70_000_000));
      Ticket ticket = NoCaller.ticket(call, "c" + queued.size(), 0);
      queued.add(ticket);
      state.submit(ticket, 0);
    }
  }
}
