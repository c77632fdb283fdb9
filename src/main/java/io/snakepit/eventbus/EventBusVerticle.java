package io.snakepit.eventbus;

import io.snakepit.Pool;
import io.snakepit.Snakepit;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Bodies;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.Question;
import io.snakepit.host.Health;
import io.snakepit.host.PoolDirectory;
import io.snakepit.pool.PoolVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The addresses that any member of a Vert.x cluster can send to, with JSON in and out. Opened on
 * the event loop of the pool that is meant where none is named, so that its calls need one hop.
 */
public final class EventBusVerticle {
  private static final String CALL = "call";
  private static final String POOL = "pool";
  private static final String WORKER = "worker";

  /** A pool that has ended, or is just put in its place again. */
  private static final Set<ErrorCode> NOT_THERE =
      Set.of(ErrorCode.SHUTTING_DOWN, ErrorCode.POOL_UNAVAILABLE);

  private final Vertx vertx;
  private final PoolDirectory pools;
  private final Snakepit snakepit;
  private final StreamMessages streams;
  private final List<MessageConsumer<JsonObject>> consumers = new CopyOnWriteArrayList<>();

  public EventBusVerticle(Vertx vertx, PoolDirectory pools, Snakepit snakepit) {
    this.vertx = vertx;
    this.pools = pools;
    this.snakepit = snakepit;
    this.streams = new StreamMessages(vertx, snakepit);
  }

  /** Listens, on the calling context. */
  public void open() {
    EventBus bus = vertx.eventBus();
    answer(bus.consumer(Addresses.EXECUTE), CallMessages.KEYS, this::execute);
    answer(bus.consumer(Addresses.STREAM), StreamMessages.KEYS, streams::open);
    answer(bus.consumer(streams.control()), StreamMessages.CONTROL_KEYS, streams::control);
    answer(bus.consumer(Addresses.CANCEL), List.of(CALL), this::cancel);
    answer(bus.consumer(Addresses.RECYCLE), List.of(WORKER), body -> order(body, Pool::recycle));
    answer(bus.consumer(Addresses.KILL), List.of(WORKER), body -> order(body, Pool::kill));
    answer(bus.consumer(Addresses.POOLS), List.of(POOL), this::describePools);
    answer(bus.consumer(Addresses.WORKERS), List.of(POOL), body -> gather(body, Question.WORKERS));
    answer(bus.consumer(Addresses.TOOLS), List.of(POOL), body -> gather(body, Question.TOOLS));
    answer(
        bus.localConsumer(Addresses.HEALTH),
        List.of(),
        body -> new Health(this::ask).check(pools.all()));
  }

  private void answer(
      MessageConsumer<JsonObject> consumer,
      List<String> keys,
      Function<JsonObject, Future<?>> command) {
    consumers.add(consumer.handler(message -> reply(message, keys, command)));
  }

  /** Listens no more. */
  public Future<Void> close() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private static void reply(
      Message<JsonObject> message, List<String> keys, Function<JsonObject, Future<?>> command) {
    Future<?> answer;
    try {
      answer = command.apply(Bodies.read(message, keys));
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(message::reply, failure -> message.reply(asSnakepit(failure)));
  }

  private static SnakepitException asSnakepit(Throwable failure) {
    return failure instanceof SnakepitException known
        ? known
        : new SnakepitException(ErrorCode.INTERNAL, String.valueOf(failure.getMessage()));
  }

  private Future<JsonObject> execute(JsonObject body) {
    boolean raw = body.getMap().get("args") instanceof Buffer;
    return snakepit.execute(CallMessages.read(body)).map(result -> answerTo(result, raw));
  }

  private Future<JsonObject> cancel(JsonObject body) {
    String call = CallMessages.text(body, CALL);
    if (call.isEmpty()) {
      throw CallMessages.invalid("call must be the id of a call: got none");
    }
    return snakepit.cancel(call).map(cancelled -> new JsonObject().put("cancelled", cancelled));
  }

  private Future<JsonObject> order(JsonObject body, BiFunction<Pool, String, Future<Void>> order) {
    String worker = CallMessages.text(body, WORKER);
    if (worker.isEmpty()) {
      throw CallMessages.invalid("worker must be the id of a worker: got none");
    }
    Pool pool = poolOf(worker);
    return order
        .apply(pool, worker)
        .map(taken -> new JsonObject().put(WORKER, worker).put(POOL, pool.name()));
  }

  /** A worker bears the name of its pool, which is the one to be asked. */
  private Pool poolOf(String worker) {
    int end = worker.lastIndexOf('-');
    String pool = end < 0 ? "" : worker.substring(0, end);
    if (!pools.names().contains(pool)) {
      throw Pool.noWorker(worker);
    }
    return snakepit.pool(pool);
  }

  private static JsonObject answerTo(Result result, boolean raw) {
    return new JsonObject()
        .put("result", raw ? result.jsonBytes() : result.json())
        .put(WORKER, result.worker())
        .put("durationMs", result.durationMs());
  }

  private Future<?> describePools(JsonObject body) {
    String name = CallMessages.text(body, POOL);
    if (!name.isEmpty()) {
      return ask(pools.find(name), Question.POOL);
    }
    return askAll(Question.POOL).map(all -> new JsonArray(new ArrayList<>(all)));
  }

  private Future<?> gather(JsonObject body, Question question) {
    String name = CallMessages.text(body, POOL);
    if (!name.isEmpty()) {
      return ask(pools.find(name), question);
    }
    return askAll(question)
        .map(
            all -> {
              JsonArray together = new JsonArray();
              all.forEach(each -> together.addAll((JsonArray) each));
              return together;
            });
  }

  /** What those tell that are there: one pool that has ended already hides no other. */
  private Future<List<Object>> askAll(Question question) {
    List<Future<Optional<Object>>> answers =
        pools.all().stream()
            .map(
                pool -> ask(pool, question).map(Optional::of).recover(EventBusVerticle::unlessGone))
            .toList();
    return Future.all(answers)
        .map(all -> all.<Optional<Object>>list().stream().flatMap(Optional::stream).toList());
  }

  private static Future<Optional<Object>> unlessGone(Throwable failure) {
    boolean gone = failure instanceof SnakepitException known && NOT_THERE.contains(known.code());
    return gone ? Future.succeededFuture(Optional.empty()) : Future.failedFuture(failure);
  }

  private Future<Object> ask(PoolVerticle pool, Question question) {
    return vertx
        .eventBus()
        .request(Addresses.inspect(pool.pool()), question.name())
        .map(Message::body)
        .recover(
            failure ->
                Future.failedFuture(
                    BusFailures.explain(failure, pool.pool(), snakepit.isStopping())));
  }
}
