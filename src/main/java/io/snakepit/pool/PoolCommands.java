package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Bodies;
import io.snakepit.bus.BusFailures;
import io.snakepit.config.PoolOptions.PoolSize;
import io.snakepit.pool.machine.PoolLimits;
import io.snakepit.pool.machine.PoolOrders;
import io.snakepit.vertx.BusMessages;
import io.snakepit.worker.NurserySettings;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Orders to a pool over the event bus: {@link Addresses#drain}, {@code resume}, {@code resize},
 * {@code roll}, and those about one worker. On the pool's event loop.
 */
final class PoolCommands {
  private static final String SIZE = "size";

  private final PoolDriver driver;
  private final String pool;

  PoolCommands(PoolDriver driver, NurserySettings settings) {
    this.driver = driver;
    this.pool = settings.pool();
  }

  /** Listens, until the verticle whose context this is ends. */
  void listen(EventBus bus) {
    command(bus, Addresses.drain(pool), List.of(), body -> driver.order(PoolOrders::drain));
    command(bus, Addresses.resume(pool), List.of(), body -> driver.order(PoolOrders::resume));
    command(bus, Addresses.roll(pool), List.of(), body -> driver.order(PoolOrders::roll));
    command(bus, Addresses.resize(pool), List.of(SIZE), this::resize);
    bus.<JsonObject>localConsumer(Addresses.orderOn(pool), this::order);
  }

  private void command(
      EventBus bus, String address, List<String> keys, Consumer<JsonObject> action) {
    bus.<JsonObject>consumer(address, message -> obey(message, keys, action));
  }

  private void obey(Message<JsonObject> message, List<String> keys, Consumer<JsonObject> action) {
    try {
      action.accept(Bodies.read(message, keys));
      message.reply(driver.report().pool(System.nanoTime()).toJson());
    } catch (Throwable thrown) {
      SnakepitException error = BusFailures.reply(thrown).forCall(null, pool, null);
      BusMessages.fail(message, error, () -> error.toProblem().encode());
      Faults.throwIfFatal(thrown);
    }
  }

  private void resize(JsonObject body) {
    PoolLimits.Size size = size(body);
    driver.order(orders -> orders.resize(size, System.nanoTime()));
  }

  private PoolLimits.Size size(JsonObject body) {
    try {
      return ConfiguredLimits.size(PoolSize.read(plain(body.getValue(SIZE))));
    } catch (IllegalArgumentException e) {
      throw new SnakepitException(ErrorCode.INVALID_REQUEST, Shown.of("size " + e.getMessage()));
    }
  }

  private static @Nullable Object plain(@Nullable Object json) {
    if (json instanceof JsonObject object) {
      return object.getMap();
    }
    return json instanceof JsonArray array ? array.getList() : json;
  }

  private void order(Message<JsonObject> message) {
    String worker = message.body().getString("worker", "");
    boolean kill = message.body().getString("order", "").equals("kill");
    message.reply(
        driver.order(
            worker,
            orders -> kill ? orders.kill(worker, System.nanoTime()) : orders.recycle(worker)));
  }
}
