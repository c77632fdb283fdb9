package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.Result;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.bus.Addresses;
import io.snakepit.bus.BusFailures;
import io.snakepit.bus.EventPublisher;
import io.snakepit.bus.Question;
import io.snakepit.config.PoolOptions;
import io.snakepit.vertx.Contexts;
import io.snakepit.worker.NurserySettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pool on its event loop. It listens at {@link Addresses#executeOn} and {@link Addresses#inspect}
 * as soon as it is deployed, and refuses calls until {@link #begin} has brought its workers up.
 *
 * <p>Any thread may call {@link #execute} once {@link #isHere} has said that it is the pool's; all
 * else is Vert.x's to call.
 */
public final class PoolVerticle extends VerticleBase {
  private final NurserySettings settings;
  private final ByteAccount answers;
  private final boolean begins;
  private final Consumer<Throwable> whenCrashed;

  /**
   * Set by the pool's thread before anyone can call; read by callers' threads to find the pool's.
   */
  private final AtomicReference<@Nullable Home> home = new AtomicReference<>();

  private record Home(Context context, PoolDriver driver) {}

  /**
   * @param answers counts the pool's large answers
   * @param begins whether it starts its workers as soon as it is deployed, and counts a failure of
   *     that as a crash: for one that takes another's place
   * @param whenCrashed told, on the pool's event loop, that this verticle is of no use any more and
   *     must be replaced
   */
  public PoolVerticle(
      NurserySettings settings,
      ByteAccount answers,
      boolean begins,
      Consumer<Throwable> whenCrashed) {
    this.settings = settings;
    this.answers = answers;
    this.begins = begins;
    this.whenCrashed = whenCrashed;
  }

  @Override
  public void init(Vertx owner, Context verticleContext) {
    super.init(owner, verticleContext);
    EventPublisher events = new EventPublisher(owner.eventBus(), settings.pool());
    home.set(
        new Home(
            verticleContext,
            new PoolDriver(verticleContext, settings, answers, events, whenCrashed)));
  }

  @Override
  public Future<?> start() {
    EventBus bus = vertx.eventBus();
    bus.<Call>localConsumer(Addresses.executeOn(settings.pool()), this::executeMessage);
    bus.<String>localConsumer(Addresses.inspect(settings.pool()), this::inspectMessage);
    bus.<Boolean>localConsumer(Addresses.beat(settings.pool()), this::beatMessage);
    bus.<JsonObject>localConsumer(Addresses.hung(settings.pool()), this::hungMessage);
    bus.<String>localConsumer(Addresses.cancelOn(settings.pool()), this::cancelMessage);
    new PoolCommands(here().driver, settings).listen(bus);
    if (begins) {
      here().driver.start().onFailure(whenCrashed::accept);
    }
    return Future.succeededFuture();
  }

  /**
   * Starts the workers. Any thread, once, after the deployment.
   *
   * @return completes once every worker is ready, or with a pool that is not {@code required} also
   *     when its start has failed: its calls are then refused with the reason
   */
  public Future<Void> begin() {
    Home here = here();
    Promise<Void> begun = Promise.promise();
    here.context.runOnContext(go -> here.driver.start().onComplete(begun));
    return begun
        .future()
        .recover(failure -> required() ? Future.failedFuture(failure) : Future.succeededFuture());
  }

  /** Returns whether the host can't do without this pool. */
  public boolean required() {
    return settings.options().required();
  }

  @Override
  public Future<?> stop() {
    return here().driver.stop();
  }

  private Home here() {
    Home here = home.get();
    if (here == null) {
      throw new IllegalStateException("pool " + settings.pool() + " is not deployed");
    }
    return here;
  }

  /** The name of the pool. */
  public String pool() {
    return settings.pool();
  }

  /** The deadline of a call that names none, in milliseconds; 0 means none. */
  public long executeTimeoutMs() {
    return settings.options().executeTimeoutMs();
  }

  /** The time after which the answer of a silent stream begins, in milliseconds. */
  public long streamHeadAfterMs() {
    return settings.options().stream().headAfterMs();
  }

  /** The context that the pool lives on. Only once it is being deployed. */
  public Context context() {
    return here().context;
  }

  /** Returns whether the pool can be given calls: it is deployed, or just being so. Any thread. */
  public boolean isThere() {
    return home.get() != null;
  }

  /** Returns whether the current thread is the pool's event loop. */
  public boolean isHere() {
    Home here = home.get();
    return here != null && Contexts.isOnEventLoopOf(here.context);
  }

  /**
   * Runs a call without any hop. On the pool's event loop alone.
   *
   * @return completes on that event loop
   */
  public Future<Result> execute(Call call) {
    Home here = here();
    Context previous = Contexts.beginDispatch(here.context);
    try {
      return here.driver.execute(call);
    } finally {
      Contexts.endDispatch(here.context, previous);
    }
  }

  /**
   * Runs a call whose answer comes in pieces, once it is there. Any thread.
   *
   * @param consumer where the pieces are wanted
   */
  public CallStream stream(Future<Call> call, Context consumer) {
    Home here = here();
    StreamSource source = new StreamSource(here.context, here.driver);
    PoolOptions.Stream window = settings.options().stream();
    boolean near = Contexts.shareEventLoop(consumer, here.context);
    CallStream stream = new CallStream(consumer, source, TakenChunks.step(window, near));
    source.begin(call, stream);
    return stream;
  }

  /** Returns whether a tool reads its arguments as they come, as far as is known. Any thread. */
  public boolean takesUpload(String tool) {
    Home here = home.get();
    return here != null && here.driver.takesUpload(tool);
  }

  private void executeMessage(Message<Call> message) {
    here()
        .driver
        .execute(message.body())
        .onComplete(message::reply, failure -> message.reply(BusFailures.reply(failure)));
  }

  private void beatMessage(Message<Boolean> message) {
    message.reply(here().driver.beat(message.body()));
  }

  private void hungMessage(Message<JsonObject> message) {
    JsonObject body = message.body();
    here().driver.hung(body.getString("worker", ""), body.getString("reason", ""));
  }

  private void cancelMessage(Message<String> message) {
    message.reply(here().driver.cancel(message.body()));
  }

  /**
   * Declares the pool's machine broken, as it does itself when it meets a fault of its own: every
   * caller is answered, its workers end, and another verticle takes its place. Any thread.
   */
  public void crash(Throwable why) {
    Home here = here();
    here.context.runOnContext(go -> here.driver.crash(why));
  }

  /**
   * Gives up the pool for good: every caller is answered {@code INTERNAL}, and the workers are
   * killed when the verticle is undeployed. Any thread.
   */
  public void abandon(String why) {
    Home here = here();
    here.context.runOnContext(go -> here.driver.abandon(why));
  }

  private void inspectMessage(Message<String> message) {
    PoolDriver driver = here().driver;
    Future<?> answer =
        switch (Question.valueOf(message.body())) {
          case POOL -> Future.succeededFuture(driver.report().pool(System.nanoTime()).toJson());
          case WORKERS -> driver.report().workers(vertx, driver.workers());
          case TOOLS -> Future.succeededFuture(tools(driver));
        };
    answer.onComplete(message::reply, failure -> message.reply(BusFailures.reply(failure)));
  }

  private static JsonArray tools(PoolDriver driver) {
    JsonArray tools = new JsonArray();
    driver.tools().forEach(tool -> tools.add(tool.toJson()));
    return tools;
  }
}
