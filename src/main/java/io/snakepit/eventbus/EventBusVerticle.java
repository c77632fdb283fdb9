package io.snakepit.eventbus;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.CallExecutor;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Faults;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.Bodies;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.PoolClient;
import io.snakepit.bus.PoolNames;
import io.snakepit.bus.Question;
import io.snakepit.vertx.BusMessages;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verticle that serves the addresses that any member of a Vert.x cluster can send to, with JSON in
 * and out, while it is deployed. It listens on the event loop of the pool that is meant where none
 * is named, so that calls of that pool need one hop.
 */
public final class EventBusVerticle extends VerticleBase {
  private static final String CALL = "call";
  private static final String POOL = "pool";
  private static final String WORKER = "worker";

  /** Errors of a pool that has ended, or is just put in its place again. */
  private static final Set<ErrorCode> NOT_THERE =
      Set.of(ErrorCode.SHUTTING_DOWN, ErrorCode.POOL_UNAVAILABLE);

  private final CallExecutor executor;
  private final PoolClient pools;
  private final PoolNames names;
  private final Supplier<Future<JsonObject>> health;
  private final Context neighbour;
  private final List<MessageConsumer<JsonObject>> consumers = new ArrayList<>();
  private @Nullable Context home;
  private @Nullable StreamMessages streams;

  /**
   * @param names of the pools that can be asked for
   * @param health answers {@link Addresses#HEALTH}
   * @param neighbour whose event loop it listens on; the context's own end is not this verticle's
   */
  public EventBusVerticle(
      CallExecutor executor,
      PoolClient pools,
      PoolNames names,
      Supplier<Future<JsonObject>> health,
      Context neighbour) {
    this.executor = executor;
    this.pools = pools;
    this.names = names;
    this.health = health;
    this.neighbour = neighbour;
  }

  @Override
  public Future<?> start() {
    Context chosen = Contexts.beside(vertx, neighbour, context);
    home = chosen;
    return on(chosen, this::open);
  }

  /** Stops listening; streams that are still sent are cancelled. */
  @Override
  public Future<?> stop() {
    return on(requireNonNull(home), this::close);
  }

  private static Future<Void> on(Context context, Supplier<Future<Void>> action) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(here -> action.get().onComplete(done));
    return done.future();
  }

  private Future<Void> open() {
    EventBus bus = vertx.eventBus();
    StreamMessages made = new StreamMessages(vertx, executor);
    streams = made;
    answer(bus.consumer(Addresses.EXECUTE), CallMessages.KEYS, this::execute);
    answer(bus.consumer(Addresses.STREAM), StreamMessages.KEYS, made::open);
    answer(bus.consumer(made.control()), StreamMessages.CONTROL_KEYS, made::control);
    answer(bus.consumer(Addresses.CANCEL), List.of(CALL), this::cancel);
    answer(bus.consumer(Addresses.RECYCLE), List.of(WORKER), body -> order(body, pools::recycle));
    answer(bus.consumer(Addresses.KILL), List.of(WORKER), body -> order(body, pools::kill));
    answer(bus.consumer(Addresses.POOLS), List.of(POOL), this::describePools);
    answer(bus.consumer(Addresses.WORKERS), List.of(POOL), body -> gather(body, Question.WORKERS));
    answer(bus.consumer(Addresses.TOOLS), List.of(POOL), body -> gather(body, Question.TOOLS));
    answer(bus.localConsumer(Addresses.HEALTH), List.of(), body -> health.get());
    return Future.join(consumers.stream().map(MessageConsumer::completion).toList()).mapEmpty();
  }

  private void answer(
      MessageConsumer<JsonObject> consumer,
      List<String> keys,
      Function<JsonObject, Future<?>> command) {
    consumers.add(consumer.handler(message -> reply(message, keys, command)));
  }

  private Future<Void> close() {
    StreamMessages open = streams;
    if (open != null) {
      open.cancelAll();
    }
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private void reply(
      Message<JsonObject> message, List<String> keys, Function<JsonObject, Future<?>> command) {
    Future<?> answer;
    try {
      answer =
          LargeBodies.isLarge(message)
              ? offLoop(() -> Bodies.read(message, keys)).compose(command::apply)
              : command.apply(Bodies.read(message, keys));
    } catch (Throwable thrown) {
      fail(message, thrown);
      Faults.throwIfFatal(thrown);
      return;
    }
    answer.onComplete(body -> succeed(message, body), failure -> fail(message, failure));
  }

  /** Does what takes long on a thread that may take its time. */
  private <T> Future<T> offLoop(Callable<T> work) {
    return requireNonNull(home).executeBlocking(work, false).onFailure(Faults::throwIfFatal);
  }

  private void succeed(Message<?> message, @Nullable Object body) {
    try {
      if (body instanceof LargeAnswer large) {
        requireNonNull(home)
            .executeBlocking(() -> large.replyTo(message), false)
            .onFailure(
                thrown -> {
                  fail(message, thrown);
                  Faults.throwIfFatal(thrown);
                });
        return;
      }
      message.reply(body);
    } catch (Throwable thrown) {
      fail(message, thrown);
      Faults.throwIfFatal(thrown);
    }
  }

  private static void fail(Message<?> message, Throwable failure) {
    SnakepitException error = BusFailures.reply(failure);
    BusMessages.fail(message, error, () -> error.toProblem().encode());
  }

  private Future<Object> execute(JsonObject body) {
    boolean raw = CallMessages.isRaw(body);
    Future<Result> outcome =
        CallMessages.isLarge(body)
            ? offLoop(() -> CallMessages.read(body)).compose(executor::execute)
            : executor.execute(CallMessages.read(body));
    return outcome.map(
        result ->
            LargeBodies.isLarge(result.bytes())
                ? new LargeAnswer(result, raw)
                : answerTo(result, raw));
  }

  /**
   * An answer that is read, and copied or written by the event bus, off the event loop, which has
   * others to serve.
   */
  private record LargeAnswer(Result result, boolean raw) {
    private @Nullable Void replyTo(Message<?> message) {
      message.reply(answerTo(result, raw));
      return null;
    }
  }

  private Future<JsonObject> cancel(JsonObject body) {
    String call = CallMessages.text(body, CALL);
    if (call.isEmpty()) {
      throw CallMessages.invalid("call must be the id of a call: got none");
    }
    return executor.cancel(call).map(cancelled -> new JsonObject().put("cancelled", cancelled));
  }

  private Future<JsonObject> order(
      JsonObject body, BiFunction<String, String, Future<Void>> order) {
    String worker = CallMessages.text(body, WORKER);
    if (worker.isEmpty()) {
      throw CallMessages.invalid("worker must be the id of a worker: got none");
    }
    String pool = poolOf(worker);
    return order
        .apply(pool, worker)
        .map(taken -> new JsonObject().put(WORKER, worker).put(POOL, pool));
  }

  /** Returns the pool to be asked, whose name its worker bears. */
  private String poolOf(String worker) {
    int end = worker.lastIndexOf('-');
    String pool = end < 0 ? "" : worker.substring(0, end);
    if (!names.all().contains(pool)) {
      throw PoolClient.noWorker(worker);
    }
    return pool;
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
      return pools.inspect(names.resolve(name), Question.POOL);
    }
    return askAll(Question.POOL).map(all -> new JsonArray(new ArrayList<>(all)));
  }

  private Future<?> gather(JsonObject body, Question question) {
    String name = CallMessages.text(body, POOL);
    if (!name.isEmpty()) {
      return pools.inspect(names.resolve(name), question);
    }
    return askAll(question)
        .map(
            all -> {
              JsonArray together = new JsonArray();
              all.forEach(each -> together.addAll((JsonArray) each));
              return together;
            });
  }

  /** Returns what those tell that are there: one pool that has ended already hides no other. */
  private Future<List<Object>> askAll(Question question) {
    List<Future<Optional<Object>>> answers =
        names.all().stream()
            .map(
                pool ->
                    pools
                        .inspect(pool, question)
                        .map(Optional::of)
                        .recover(EventBusVerticle::unlessGone))
            .toList();
    return Future.all(answers)
        .map(all -> all.<Optional<Object>>list().stream().flatMap(Optional::stream).toList());
  }

  private static Future<Optional<Object>> unlessGone(Throwable failure) {
    boolean gone = failure instanceof SnakepitException known && NOT_THERE.contains(known.code());
    return gone ? Future.succeededFuture(Optional.empty()) : Future.failedFuture(failure);
  }
}
