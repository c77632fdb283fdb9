package io.snakepit.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SupervisorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Enough for the race to be lost once, where there is one: it was after some 30. */
  private static final int ROUNDS = 1_000;

  private final Vertx vertx = Vertx.vertx();
  private final Supervisor supervisor =
      new Supervisor(vertx, thrown -> thrown instanceof OutOfMemoryError);
  private final List<Subject> made = new CopyOnWriteArrayList<>();
  private volatile Future<?> starting = Future.succeededFuture();
  private volatile Future<?> stopping = Future.succeededFuture();

  @AfterEach
  void close() {
    RunningSnakepit.await(vertx.close());
  }

  private final class Subject extends VerticleBase {
    volatile boolean ends;
    volatile boolean stopped;

    Subject() {
      made.add(this);
    }

    Context own() {
      return context;
    }

    @Override
    public Future<?> start() {
      return starting;
    }

    @Override
    public Future<?> stop() {
      ends = true;
      return stopping.onComplete(done -> stopped = true);
    }
  }

  private void deploy() {
    RunningSnakepit.await(supervisor.deploy("it", kind()));
  }

  private Supervisor.Kind kind() {
    return new Supervisor.Kind(Subject::new, new DeploymentOptions(), true);
  }

  private void awaitMade(int count) {
    await().atMost(PATIENCE).until(() -> made.size() == count && vertx.deploymentIDs().size() == 1);
  }

  private static RuntimeException fault() {
    return new IllegalStateException("injected by a test");
  }

  @Test
  void whatIsUndeployedByOthersComesBack() {
    deploy();
    RunningSnakepit.await(vertx.undeploy(vertx.deploymentIDs().iterator().next()));
    awaitMade(2);
    assertThat(made.get(0).stopped).isTrue();
  }

  @Test
  void whatFindsItselfBrokenIsReplaced() {
    deploy();
    supervisor.crashed("it", fault());
    awaitMade(2);
    assertThat(made.get(0).stopped).isTrue();
  }

  @Test
  void aFaultThatNobodyCaughtIsACrash() {
    deploy();
    made.get(0)
        .own()
        .runOnContext(
            go -> {
              throw fault();
            });
    awaitMade(2);
  }

  @Test
  void aFirstDeploymentThatFailsIsNotTriedAgain() throws Exception {
    starting = Future.failedFuture(fault());
    assertThatThrownBy(this::deploy).hasRootCauseMessage("injected by a test");
    await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> made.size() == 1);
  }

  @Test
  void aLaterOneIsTriedUntilItSucceeds() {
    deploy();
    starting = Future.failedFuture(fault());
    supervisor.crashed("it", fault());
    await().atMost(PATIENCE).until(() -> made.size() >= 4);
    starting = Future.succeededFuture();
    await().atMost(PATIENCE).until(() -> vertx.deploymentIDs().size() == 1);
  }

  @Test
  void whatIsStoppedStaysAway() {
    deploy();
    RunningSnakepit.await(supervisor.stop("it"));
    assertThat(vertx.deploymentIDs()).isEmpty();
    supervisor.crashed("it", fault());
    await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> made.size() == 1);
    RunningSnakepit.await(supervisor.stop("it"));
  }

  /**
   * Checks for a while, since a future that completes does so on its own context, a little later.
   */
  private static void assertStaysIncomplete(Future<?> future) {
    await()
        .during(Duration.ofMillis(300))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(future.isComplete()).isFalse());
  }

  /** Fails if a stop finds nothing to undeploy and is content with that. */
  @Test
  void aStopWaitsForAnEndThatIsUnderWay() {
    deploy();
    Promise<Void> end = Promise.promise();
    stopping = end.future();
    supervisor.crashed("it", fault());
    await().atMost(PATIENCE).until(() -> made.get(0).ends);
    Future<Void> stopped = supervisor.stop("it");
    assertStaysIncomplete(stopped);
    end.complete();
    RunningSnakepit.await(stopped);
    assertThat(made).hasSize(1);
    assertThat(made.get(0).stopped).isTrue();
  }

  /** Likewise for one that is just being replaced. Fails if {@code deploying} is not waited for. */
  @Test
  void aStopWaitsForADeploymentThatIsUnderWay() {
    deploy();
    Promise<Void> start = Promise.promise();
    starting = start.future();
    supervisor.crashed("it", fault());
    await().atMost(PATIENCE).until(() -> made.size() == 2);
    Future<Void> stopped = supervisor.stop("it");
    assertStaysIncomplete(stopped);
    start.complete();
    RunningSnakepit.await(stopped);
    assertThat(vertx.deploymentIDs()).isEmpty();
    assertThat(made.get(1).stopped).isTrue();
  }

  /** Fails, within some rounds, if a stop can come between the look for one and a deployment. */
  @Test
  void aStopLeavesNothingHoweverCloseANewDeploymentIs() {
    for (int round = 0; round < ROUNDS; round++) {
      deploy();
      String first = vertx.deploymentIDs().iterator().next();
      Future<?> undeployed = vertx.undeploy(first).otherwiseEmpty();
      spin(ThreadLocalRandom.current().nextLong(3_000_000));
      RunningSnakepit.await(Future.join(undeployed, supervisor.stop("it")));
      assertThat(vertx.deploymentIDs()).as("after round %d", round).isEmpty();
    }
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  /** Fails if what ends the whole host begins something anew. */
  @Test
  void nothingIsReplacedForWhatEndsTheWholeHost() {
    deploy();
    Subject first = made.get(0);
    RunningSnakepit.await(
        vertx.executeBlocking(
            () -> {
              supervisor.crashed("it", new OutOfMemoryError("injected by a test"));
              return null;
            }));
    first.own().runOnContext(here -> throwOutOfMemory());
    first.own().runOnContext(here -> supervisor.crashed("it", fault()));
    awaitMade(2);
    assertThat(first.stopped).isTrue();
  }

  private static void throwOutOfMemory() {
    throw new OutOfMemoryError("injected by a test");
  }
}
