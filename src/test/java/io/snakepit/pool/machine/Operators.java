package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import java.util.List;
import java.util.Random;

/** The operators of a {@link PoolWorld}: they want something, sometimes when it can't be had. */
final class Operators {
  private final PoolWorld world;
  private final PoolOrders orders;
  private final Random random;

  Operators(PoolWorld world, Random random) {
    this.world = world;
    this.orders = world.state.orders();
    this.random = random;
  }

  /** Gives an order, or else has a worker end that is to. */
  void order() {
    String worker = anyWorker();
    try {
      switch (random.nextInt(12)) {
        case 0 -> resize();
        case 1 -> roll();
        case 2 -> orders.drain();
        case 3, 4, 5 -> orders.resume();
        case 6, 7 -> world.perform(worker == null ? List.of() : orders.recycle(worker));
        case 8 -> kill(worker);
        default -> world.endDoomed();
      }
    } catch (SnakepitException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
    }
  }

  private String anyWorker() {
    List<String> workers = List.copyOf(world.around.alive.keySet());
    return workers.isEmpty() ? null : workers.get(random.nextInt(workers.size()));
  }

  private void kill(String worker) {
    if (worker != null) {
      List<PoolEffect> effects = orders.kill(worker, world.now);
      world.around.alive.get(worker).unwanted |= !effects.isEmpty();
      world.perform(effects);
    }
  }

  private void resize() {
    int min = 1 + random.nextInt(5);
    PoolLimits.Size size = new PoolLimits.Size(min, min + random.nextInt(3), PoolScript.ms(30));
    world.around.note(size);
    world.perform(orders.resize(size, world.now));
  }

  private void roll() {
    world.around.note("roll");
    world.perform(orders.roll());
  }

  /** Has a pool that was drained serve again, unless it has stopped. */
  void resume() {
    try {
      orders.resume();
    } catch (SnakepitException stopping) {
      assertThat(stopping.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
    }
  }
}
