package io.snakepit.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.bus.EventPublisher;
import io.snakepit.pool.machine.PoolPhase;
import io.snakepit.testing.OnLoop;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool whose workers never come up: its Python is nowhere. */
class PoolDriverTest {
  private static final int MOST = 100;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(1));
  private final Context home = Contexts.create(vertx);
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final List<Throwable> reported = new CopyOnWriteArrayList<>();
  private final PoolDriver driver =
      new PoolDriver(
          home,
          Nowhere.settings(MOST),
          ByteBudget.unlimited().open("none"),
          new EventPublisher(vertx.eventBus(), "p"),
          crashes::add);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static ErrorCode code(Future<?> failed) {
    return ((SnakepitException) failed.cause()).code();
  }

  private <T> Future<T> await(Future<T> future) throws Exception {
    return future
        .transform(done -> Future.succeededFuture(future))
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  /** Fails if one broken pool is replaced by two. */
  @Test
  void crashesOnceHoweverManyFaultsItMeets() {
    IllegalStateException first = new IllegalStateException("a fault of ours");
    OnLoop.run(
        home,
        () -> {
          driver.crash(first);
          driver.crash(new IllegalStateException("one that comes of the first"));
        });
    assertThat(crashes).containsExactly(first);
    assertThat(lastError()).contains("a fault of ours");
  }

  /** Fails if the reason of the crash, which people look for, is lost behind that of the end. */
  @Test
  void aCrashedPoolThatIsGivenUpKeepsTheReasonOfItsCrash() {
    OnLoop.run(
        home,
        () -> {
          driver.crash(new IllegalStateException("a fault of ours"));
          driver.abandon("the host ends");
        });
    assertThat(lastError()).contains("a fault of ours");
  }

  private String lastError() {
    return driver.report().pool(System.nanoTime()).toJson().getString("lastError");
  }

  @Test
  void aPoolThatCannotStartSaysWhy() throws Exception {
    Future<?> started = await(onHome());
    assertThat(code(started)).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
    assertThat(started.cause()).hasMessageContaining("/nowhere/python");
  }

  private Future<Void> onHome() {
    List<Future<Void>> started = new CopyOnWriteArrayList<>();
    OnLoop.run(home, () -> started.add(driver.start()));
    return started.get(0);
  }

  /** Fails with a move that is not legal, if a start that fails late is taken for the pool's. */
  @Test
  void aStartThatFailsAfterTheStopChangesNothing() throws Exception {
    home.exceptionHandler(reported::add);
    List<Future<Void>> both = new CopyOnWriteArrayList<>();
    CountDownLatch asked = new CountDownLatch(1);
    vertx.executeBlocking(
        () -> {
          asked.await(); // on the only thread, so that the start can't fail before
          return null;
        },
        false);
    OnLoop.run(
        home,
        () -> {
          both.add(driver.start());
          both.add(driver.stop());
        });
    asked.countDown();
    assertThat(await(both.get(1)).succeeded()).isTrue();
    assertThat(code(both.get(0))).isEqualTo(ErrorCode.SHUTTING_DOWN);
    assertThat(reported).isEmpty();
    assertThat(driver.report().pool(System.nanoTime()).toJson().getString("state"))
        .isEqualTo(PoolReport.name(PoolPhase.STOPPED));
  }

  /** Fails if a stream's arguments are sent that do not fit into a frame. */
  @Test
  void aStreamWhoseArgumentsAreTooLargeIsRefused() {
    Call large = Call.of("tool").body(Buffer.buffer(new byte[MOST + 1]), "x/y");
    CallStream stream = new CallStream(home, new StreamSource(home, driver), 1, 1);
    OnLoop.run(home, () -> driver.stream(large, System.nanoTime(), stream));
    assertThat(code(stream.end())).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
  }

  @Test
  void aVerticleThatIsNotDeployedIsNowhere() {
    PoolVerticle verticle =
        new PoolVerticle(
            Nowhere.settings(MOST), ByteBudget.unlimited().open("none"), false, crashes::add);
    assertThat(verticle.isHere()).isFalse();
    assertThat(verticle.takesUpload("tool")).isFalse();
    assertThatThrownBy(verticle::context).hasMessage("pool p is not deployed");
  }
}
