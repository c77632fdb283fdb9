package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.bus.Addresses;
import io.snakepit.config.SessionOptions;
import io.snakepit.testing.OnLoop;
import io.snakepit.testing.RunningSnakepit;
import io.snakepit.worker.ScriptedKeepers.ScriptedKeeper;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a nursery whose keepers and registry answer when the test has them do so. */
class NurseryTest {
  private static final String RUN = "r1";

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final Map<String, Message<JsonObject>> held = new ConcurrentHashMap<>();
  private final List<String> records = new CopyOnWriteArrayList<>();
  private final RecordedHome told = new RecordedHome();
  private volatile boolean holding;
  private ScriptedKeepers keepers;

  @BeforeEach
  void listen() {
    keepers = new ScriptedKeepers(directory.resolve("main.sock"));
    vertx.eventBus().<JsonObject>localConsumer(Addresses.reserve(RUN), this::reserve);
    vertx
        .eventBus()
        .<JsonObject>localConsumer(
            Addresses.release(RUN),
            message -> {
              records.remove(message.body().getString("name"));
              message.reply(new JsonObject());
            });
  }

  private void reserve(Message<JsonObject> message) {
    String name = message.body().getString("name");
    if (holding) {
      held.put(name, message);
    } else {
      records.add(name);
      message.reply(new JsonObject());
    }
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static void eventually(Supplier<Boolean> condition) {
    await().atMost(Duration.ofSeconds(20)).until(condition::get);
  }

  private <T> T onLoop(Supplier<T> action) {
    AtomicReference<T> result = new AtomicReference<>();
    OnLoop.run(loop, () -> result.set(action.get()));
    return result.get();
  }

  /** Lets all run that waits for its turn on the loop. */
  private void settle() {
    OnLoop.run(loop, () -> {});
    OnLoop.run(loop, () -> {});
  }

  private NurserySettings settings() {
    JsonObject pools = new JsonObject().put("main", new JsonObject());
    return new NurserySettings(
        "main",
        RunningSnakepit.options(directory, new JsonObject().put("pools", pools))
            .pools()
            .get("main"),
        Map.of(),
        new NurserySettings.Run(RUN, "tested", directory, directory),
        1 << 20,
        new SessionOptions(60_000, 10, 10, 10),
        new HostTools());
  }

  private Future<Nursery> opening() {
    Promise<Nursery> opened = Promise.promise();
    OnLoop.run(
        loop,
        () -> Nursery.open(vertx, settings(), new UnheardNotices(), keepers).onComplete(opened));
    eventually(() -> keepers.count() == 1);
    return opened.future();
  }

  private Nursery open() {
    Future<Nursery> opening = opening();
    OnLoop.run(loop, keepers.last()::comesUp);
    return opening.await();
  }

  private Worker spawn(Nursery nursery, String id) {
    return onLoop(() -> nursery.spawn(id, told.listener()));
  }

  private void keeperIsGone() {
    OnLoop.run(loop, () -> keepers.last().reports.keeperGone("it ended with signal 9"));
  }

  private Future<Void> closing(Nursery nursery) {
    return onLoop(nursery::close);
  }

  /** Answers what is held: the worker of that name is on record now. */
  private void putOnRecord(String id) {
    eventually(() -> held.containsKey(id));
    OnLoop.run(loop, () -> held.remove(id).reply(new JsonObject()));
    settle();
  }

  private List<String> taken() {
    return onLoop(told::taken);
  }

  @Test
  void aWorkerIsOrderedOfTheKeeperOnceItIsOnRecord() {
    Nursery nursery = open();
    Worker worker = spawn(nursery, "main-1");
    eventually(() -> keepers.last().told.contains("start main-1"));
    assertThat(records).contains("main-1", "main.keeper");
    OnLoop.run(loop, () -> worker.kill("hangs", false));
    OnLoop.run(loop, nursery::importAnew);
    assertThat(keepers.last().told).containsExactly("start main-1", "kill main-1 9", "roll");
  }

  /** Fails if a keeper that comes in place of another forks what is known to hang. */
  @Test
  void aNewKeeperIsToldThatWorkersAreToBeFreshInterpreters() {
    Nursery nursery = open();
    OnLoop.run(loop, nursery::spawnAfresh);
    assertThat(keepers.last().told).containsExactly("spawn");
    keeperIsGone();
    spawn(nursery, "main-1");
    eventually(() -> keepers.count() == 2);
    OnLoop.run(loop, keepers.last()::comesUp);
    settle();
    assertThat(keepers.last().told).containsExactly("spawn", "start main-1");
  }

  @Test
  void aWorkerThatCanNotBePutOnRecordEnds() {
    Nursery nursery = open();
    holding = true;
    spawn(nursery, "main-1");
    eventually(() -> held.containsKey("main-1"));
    OnLoop.run(
        loop,
        () -> held.get("main-1").reply(new SnakepitException(ErrorCode.INTERNAL, "disk full")));
    settle();
    assertThat(taken()).containsExactly("ended: can't be put on record: disk full");
    assertThat(keepers.last().told).isEmpty();
  }

  /** Fails if a worker is started that the pool has been told the end of already. */
  @Test
  void aWorkerThatEndedWhileItWasPutOnRecordIsNotStarted() {
    Nursery nursery = open();
    holding = true;
    Worker worker = spawn(nursery, "main-1");
    OnLoop.run(loop, () -> worker.stop(300));
    assertThat(taken()).containsExactly("ended, asked: was not needed any more");
    putOnRecord("main-1");
    assertThat(keepers.last().told).isEmpty();
  }

  /** Fails if a keeper is started for nobody. */
  @Test
  void aWorkerThatEndedWhileItWasPutOnRecordNeedsNoKeeper() {
    Nursery nursery = open();
    keeperIsGone();
    holding = true;
    Worker worker = spawn(nursery, "main-1");
    OnLoop.run(loop, () -> worker.stop(300));
    putOnRecord("main-1");
    assertThat(held).as("a keeper to be put on record").isEmpty();
    assertThat(keepers.count()).isEqualTo(1);
  }

  @Test
  void aKeeperThatIsGoneTakesAllWorkersAlongAsOneCrash() {
    Nursery nursery = open();
    spawn(nursery, "main-1");
    spawn(nursery, "main-2");
    eventually(() -> keepers.last().told.size() == 2);
    keeperIsGone();
    assertThat(taken())
        .containsExactly(
            "ended: ended with its keeper: it ended with signal 9",
            "ended, asked: ended with its keeper: it ended with signal 9");
    eventually(() -> records.isEmpty());
  }

  /** Fails if each of several workers has a keeper started, or one of them is left waiting. */
  @Test
  void workersThatComeWhileThereIsNoKeeperWaitForOne() {
    Nursery nursery = open();
    ScriptedKeeper first = keepers.last();
    keeperIsGone();
    OnLoop.run(loop, nursery::importAnew);
    assertThat(first.told).as("there is none to be told").isEmpty();
    spawn(nursery, "main-1");
    eventually(() -> keepers.count() == 2);
    spawn(nursery, "main-2");
    eventually(() -> records.contains("main-2"));
    settle();
    assertThat(keepers.count()).isEqualTo(2);
    OnLoop.run(loop, keepers.last()::comesUp);
    settle();
    assertThat(keepers.last().told).containsExactly("start main-1", "start main-2");
  }

  @Test
  void workersThatWaitForAKeeperThatDoesNotComeEndWithoutIt() {
    Nursery nursery = open();
    keeperIsGone();
    spawn(nursery, "main-1");
    eventually(() -> keepers.count() == 2);
    OnLoop.run(loop, () -> keepers.last().failsToComeUp("no memory"));
    settle();
    assertThat(taken()).containsExactly("ended: its keeper could not be started: no memory");
  }

  @Test
  void aFirstKeeperThatDoesNotComeFailsTheOpening() {
    Future<Nursery> opening = opening();
    OnLoop.run(loop, () -> keepers.last().failsToComeUp("no memory"));
    assertThatThrownBy(opening::await).hasMessage("no memory");
    assertThat(directory.resolve("main.sock")).doesNotExist();
    eventually(() -> records.isEmpty());
  }

  /** Fails if a close leaves a keeper that was being started, or does not wait for its end. */
  @Test
  void aCloseWaitsForAKeeperThatIsStarting() {
    Nursery nursery = open();
    keeperIsGone();
    spawn(nursery, "main-1");
    eventually(() -> keepers.count() == 2);
    Future<Void> closing = closing(nursery);
    settle();
    assertThat(closing.isComplete()).as("before the keeper has come").isFalse();
    OnLoop.run(loop, keepers.last()::comesUp);
    settle();
    assertThat(keepers.last().told).isNotEmpty().containsOnly("stop");
    assertThat(closing.isComplete()).as("before the keeper has gone").isFalse();
    OnLoop.run(loop, keepers.last()::isGone);
    closing.await();
    assertThat(taken()).containsExactly("ended: ended with its pool");
    assertThat(records).isEmpty();
  }

  /** Fails if a worker that is spawned while its pool closes is never told to have ended. */
  @Test
  void aWorkerThatComesWhileThePoolClosesEndsWithIt() {
    Nursery nursery = open();
    Future<Void> closing = closing(nursery);
    spawn(nursery, "main-1");
    eventually(() -> records.contains("main-1"));
    settle();
    assertThat(taken()).isEmpty();
    OnLoop.run(loop, keepers.last()::isGone);
    closing.await();
    assertThat(taken()).containsExactly("ended: ended with its pool");
    assertThat(keepers.count()).isEqualTo(1);
    assertThat(keepers.last().told).containsExactly("stop");
  }
}
