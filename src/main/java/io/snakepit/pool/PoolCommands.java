package io.snakepit.pool;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.config.PoolOptions.PoolSize;
import io.snakepit.worker.NurserySettings;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/**
 * What operators can have a pool do, over the event bus: {@link Addresses#drain}, {@code resume},
 * {@code resize}, {@code roll}, and the orders about one worker. On the pool's event loop.
 */
final class PoolCommands {
  private final PoolDriver driver;
  private final String pool;

  PoolCommands(PoolDriver driver, NurserySettings settings) {
    this.driver = driver;
    this.pool = settings.pool();
  }

  /** Listens, until the verticle whose context this is ends. */
  void listen(EventBus bus) {
    command(bus, Addresses.drain(pool), body -> driver.drain());
    command(bus, Addresses.resume(pool), body -> driver.resume());
    command(bus, Addresses.roll(pool), body -> driver.roll());
    command(bus, Addresses.resize(pool), body -> driver.resize(size(body)));
    bus.<JsonObject>localConsumer(Addresses.orderOn(pool), this::order);
  }

  private void command(EventBus bus, String address, Consumer<JsonObject> action) {
    bus.<JsonObject>consumer(address, message -> obey(message, action));
  }

  private void obey(Message<JsonObject> message, Consumer<JsonObject> action) {
    try {
      action.accept(message.body());
      message.reply(driver.report().pool(System.nanoTime()).toJson());
    } catch (SnakepitException e) {
      message.reply(e.forCall(null, pool, null));
    } catch (ClassCastException e) {
      message.reply(invalid("the body must be a JSON object: got something else"));
    }
  }

  private PoolLimits.Size size(JsonObject body) {
    try {
      Object size = body.getValue("size");
      Object plain = size instanceof JsonObject bounds ? bounds.getMap() : size;
      return PoolLimits.Size.of(PoolSize.read(plain));
    } catch (IllegalArgumentException e) {
      throw invalid("size " + e.getMessage());
    }
  }

  private SnakepitException invalid(String message) {
    return new SnakepitException(ErrorCode.INVALID_REQUEST, message).forCall(null, pool, null);
  }

  private void order(Message<JsonObject> message) {
    String worker = message.body().getString("worker", "");
    boolean kill = message.body().getString("order", "").equals("kill");
    message.reply(kill ? driver.kill(worker) : driver.recycle(worker));
  }
}
