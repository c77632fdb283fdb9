package io.snakepit.process;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * A listener that writes down what a keeper reports, as texts in order, and checks that its context
 * is kept.
 */
final class RecordedKeeper implements KeeperListener {
  private final Queue<KeeperEvent> events = new ConcurrentLinkedQueue<>();
  private final Queue<String> gone = new ConcurrentLinkedQueue<>();
  private final Queue<String> strayed = new ConcurrentLinkedQueue<>();
  private final Context context;

  /** The switch that has each event followed by an error. */
  volatile boolean failing;

  RecordedKeeper(Context context) {
    this.context = context;
  }

  List<KeeperEvent> events() {
    return List.copyOf(events);
  }

  /** Returns the reasons of the keeper's ends. */
  List<String> gone() {
    return List.copyOf(gone);
  }

  /** Returns the calls that came on another context. */
  List<String> strayed() {
    return List.copyOf(strayed);
  }

  /** Waits for an event of that kind. */
  <T extends KeeperEvent> T next(Class<T> kind, Predicate<T> wanted) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> events.stream().anyMatch(e -> kind.isInstance(e) && wanted.test(kind.cast(e))));
    return events.stream()
        .filter(e -> kind.isInstance(e) && wanted.test(kind.cast(e)))
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }

  String awaitGone() {
    await().atMost(Duration.ofSeconds(60)).until(() -> !gone.isEmpty());
    return gone.element();
  }

  @Override
  public void started(String worker, long pid, long startTicks) {
    add(new KeeperEvent.Started(worker, pid, startTicks));
  }

  @Override
  public void startFailed(String worker, PythonFailure failure) {
    add(new KeeperEvent.StartFailed(worker, failure));
  }

  @Override
  public void exited(String worker, Exit exit) {
    add(new KeeperEvent.Exited(worker, exit));
  }

  @Override
  public void line(String worker, OutputLine line) {
    add(new KeeperEvent.Line(worker, line));
  }

  @Override
  public void imported(Duration took) {
    add(new KeeperEvent.Imported(took));
  }

  @Override
  public void importFailed(PythonFailure failure) {
    add(new KeeperEvent.ImportFailed(failure));
  }

  @Override
  public void limited(String memory, String cpus, String detail) {
    add(new KeeperEvent.Limited(memory, cpus, detail));
  }

  @Override
  public void fallback(List<String> reasons) {
    add(new KeeperEvent.Fallback(reasons));
  }

  @Override
  public void forkNotice(List<String> notices) {
    add(new KeeperEvent.ForkNotice(notices));
  }

  @Override
  public void keeperGone(String reason) {
    check(reason);
    gone.add(reason);
  }

  private void add(KeeperEvent event) {
    check(event);
    events.add(event);
    if (failing) {
      throw new AssertionError("a listener's fault, wanted by the test");
    }
  }

  private void check(Object what) {
    if (Vertx.currentContext() != context) {
      strayed.add(what.toString());
    }
  }
}
