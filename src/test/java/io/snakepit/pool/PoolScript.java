package io.snakepit.pool;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.bus.Event;
import io.snakepit.pool.PoolEffect.Deliver;
import io.snakepit.pool.PoolEffect.Dispatch;
import io.snakepit.pool.PoolEffect.Refuse;
import io.snakepit.pool.PoolEffect.StartWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Plays a pool's world by hand: a clock that the test moves, and effects as a list to look at. */
final class PoolScript {
  static final long QUEUE_TIMEOUT_MS = 100;
  static final long EXECUTE_TIMEOUT_MS = 1_000;
  static final long CANCEL_GRACE_MS = 200;

  final PoolState state;
  final List<PoolEffect> effects = new ArrayList<>();
  long now = -5_000_000_000L;
  private int calls;

  PoolScript(int size, int maxQueue) {
    this(size, maxQueue, 10);
  }

  PoolScript(int size, int maxQueue, int startBatch) {
    this(size, maxQueue, startBatch, 0);
  }

  PoolScript(int size, int maxQueue, int startBatch, int maxCrashes) {
    state =
        new PoolState(
            new PoolLimits(
                "p",
                size,
                startBatch,
                0,
                maxQueue,
                ms(QUEUE_TIMEOUT_MS),
                ms(EXECUTE_TIMEOUT_MS),
                ms(CANCEL_GRACE_MS),
                List.of(0L, ms(50), ms(100)),
                ms(60_000),
                maxCrashes));
  }

  static long ms(long milliseconds) {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  /** Starts the pool and has all its workers come up. */
  PoolScript serving() {
    does(state.start());
    for (int worker = 1; worker <= state.limits().size(); worker++) {
      ready("p-" + worker);
    }
    effects.clear();
    return this;
  }

  Ticket submit() {
    return submit(0);
  }

  Ticket submit(long timeoutMs) {
    Call call = Call.of("tool");
    Ticket ticket =
        new Ticket(timeoutMs == 0 ? call : call.timeoutMs(timeoutMs), "c" + ++calls, now);
    does(state.submit(ticket, now));
    return ticket;
  }

  void ready(String worker) {
    does(state.workerReady(worker, now));
  }

  /** The worker answers the call that it runs. */
  void answers(String worker) {
    answers(worker, state.crew().find(worker).current.sequence, null);
  }

  void answers(String worker, long sequence, ErrorCode failure) {
    does(state.completed(worker, sequence, failure, now));
  }

  void crashes(String worker) {
    does(state.workerEnded(worker, "was killed by signal 9", false, now));
  }

  void stops(String worker) {
    does(state.workerEnded(worker, "stopped", true, now));
  }

  void drains(long limitMs) {
    does(state.drain(ms(limitMs), now));
  }

  /** Moves the clock, and lets happen what is due by then, at the very time it is due. */
  void passes(long milliseconds) {
    long target = now + ms(milliseconds);
    while (state.hasNextExpiry() && state.nextExpiry() - target <= 0) {
      now = Math.max(now, state.nextExpiry());
      does(state.expire(now));
    }
    now = target;
  }

  void does(List<PoolEffect> more) {
    effects.addAll(more);
  }

  /** What has been done since the last look. */
  List<PoolEffect> taken() {
    List<PoolEffect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  List<String> dispatched() {
    return effects.stream()
        .filter(Dispatch.class::isInstance)
        .map(Dispatch.class::cast)
        .map(d -> d.ticket().id + "@" + d.worker())
        .toList();
  }

  List<String> delivered() {
    return effects.stream()
        .filter(Deliver.class::isInstance)
        .map(d -> ((Deliver) d).ticket().id)
        .toList();
  }

  List<String> refused() {
    return effects.stream()
        .filter(Refuse.class::isInstance)
        .map(Refuse.class::cast)
        .map(r -> r.ticket().id + " " + r.code())
        .toList();
  }

  /** Workers that are to be killed. */
  List<String> kills() {
    return effects.stream()
        .filter(PoolEffect.KillWorker.class::isInstance)
        .map(k -> ((PoolEffect.KillWorker) k).worker())
        .toList();
  }

  List<Event> announced() {
    return effects.stream()
        .filter(PoolEffect.Announce.class::isInstance)
        .map(a -> ((PoolEffect.Announce) a).event())
        .toList();
  }

  List<StartWorker> starts() {
    return effects.stream()
        .filter(StartWorker.class::isInstance)
        .map(StartWorker.class::cast)
        .toList();
  }
}
