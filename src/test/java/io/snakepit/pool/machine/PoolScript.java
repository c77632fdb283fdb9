package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Event;
import io.snakepit.api.WorkerEnd;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.pool.ConfiguredLimits;
import io.snakepit.pool.machine.PoolEffect.Deliver;
import io.snakepit.pool.machine.PoolEffect.Dispatch;
import io.snakepit.pool.machine.PoolEffect.Refuse;
import io.snakepit.pool.machine.PoolEffect.StartWorker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Plays a pool's world by hand: a clock that the test moves, and effects as a list to look at. */
final class PoolScript {
  static final long QUEUE_TIMEOUT_MS = 100;
  static final long EXECUTE_TIMEOUT_MS = 1_000;
  static final long CANCEL_GRACE_MS = 200;
  static final int MAX_SESSIONS = 20;

  static final long SESSION_TTL_MS = 60_000;
  private static final int MOST_LOOKS = 10_000;

  final PoolLimits limits;
  final PoolState state;
  final PoolOrders orders;
  final List<PoolEffect> effects = new ArrayList<>();
  long now = -5_000_000_000L;
  private int calls;
  private ToolRules rules = ToolRules.NONE;

  PoolScript(int size, int maxQueue) {
    this(size, maxQueue, 10);
  }

  PoolScript(int size, int maxQueue, int startBatch) {
    this(size, maxQueue, startBatch, 0);
  }

  PoolScript(int size, int maxQueue, int startBatch, int maxCrashes) {
    this(
        new JsonObject()
            .put("size", size)
            .put("maxQueue", maxQueue)
            .put("startup", new JsonObject().put("batch", startBatch))
            .put("restart", new JsonObject().put("maxCrashes", maxCrashes)));
  }

  /** A pool of that configuration, over the short times of all these pools. */
  PoolScript(JsonObject options) {
    limits = limits(options);
    state = new PoolState(limits, new SplittableRandom(1));
    orders = state.orders();
  }

  /** The limits of a pool {@code p} of that configuration. */
  static PoolLimits limits(JsonObject options) {
    return limits(options, SESSION_TTL_MS);
  }

  /** As {@link #limits(JsonObject)}; sessions without a call are bound for so long. */
  static PoolLimits limits(JsonObject options, long sessionTtlMs) {
    JsonObject pool =
        new JsonObject()
            .put("queueTimeoutMs", QUEUE_TIMEOUT_MS)
            .put("executeTimeoutMs", EXECUTE_TIMEOUT_MS)
            .put("cancelGraceMs", CANCEL_GRACE_MS)
            .put(
                "restart",
                new JsonObject()
                    .put("backoffMs", new JsonArray().add(0).add(50).add(100))
                    .put("maxCrashes", 0))
            .mergeIn(options, true);
    SnakepitOptions whole =
        SnakepitOptions.fromJson(
            new JsonObject()
                .put("pools", new JsonObject().put("p", pool))
                .put(
                    "sessions",
                    new JsonObject().put("max", MAX_SESSIONS).put("ttlMs", sessionTtlMs)));
    return ConfiguredLimits.of("p", whole.pools().get("p"), whole.sessions());
  }

  static long ms(long milliseconds) {
    return TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  /** Gives the workers a tool that takes batches. */
  PoolScript batching(String tool, int max, long waitMs) {
    rules = new ToolRules(List.of(new BatchRule(tool, max, ms(waitMs))), Map.of(), true);
    return this;
  }

  /** Has the workers say which tools may be interrupted, and whether others may be. */
  PoolScript interruptible(Map<String, Boolean> tools, boolean others) {
    rules = new ToolRules(List.of(), tools, others);
    return this;
  }

  /** Starts the pool and has all its workers come up. */
  PoolScript serving() {
    does(state.start());
    for (int worker = 1; worker <= state.crew().target(); worker++) {
      ready("p-" + worker);
    }
    effects.clear();
    return this;
  }

  Ticket submit() {
    return submit(Call.of("tool"));
  }

  Ticket submit(long timeoutMs) {
    return submit(Call.of("tool").timeoutMs(timeoutMs));
  }

  Ticket submit(Call call) {
    Ticket ticket = NoCaller.ticket(call, "c" + ++calls, now);
    does(state.submit(ticket, now));
    return ticket;
  }

  /** A call whose answer is to come in pieces. */
  Ticket stream() {
    return stream(Call.of("tool"));
  }

  Ticket stream(Call call) {
    PoolLimits.Stream window = limits.stream();
    Flow flow = new Flow(window.windowChunks(), window.windowBytes());
    Ticket ticket = NoCaller.ticket(call, "c" + ++calls, now, flow);
    does(state.submit(ticket, now));
    return ticket;
  }

  /** The worker that runs a stream sends chunks of that many bytes each. */
  void yields(Ticket stream, int chunks, long bytes) {
    for (int i = 0; i < chunks; i++) {
      does(state.messages().chunk(stream.flow.worker, stream.sequence, bytes, now));
    }
  }

  /** Takes chunks of that many bytes each, as the stream's consumer. */
  void takes(Ticket stream, int chunks, long bytes) {
    for (int i = 0; i < chunks; i++) {
      does(state.taken(stream, 1, bytes, now));
    }
  }

  /** Returns what has come of streams, in order. */
  List<String> flowed() {
    return effects.stream().map(PoolScript::flowing).filter(each -> !each.isEmpty()).toList();
  }

  private static String flowing(PoolEffect effect) {
    if (effect instanceof PoolEffect.PassOn passed) {
      return "pass " + passed.ticket().id;
    } else if (effect instanceof PoolEffect.Grant grant) {
      return "grant " + grant.chunks() + " " + grant.bytes();
    } else if (effect instanceof PoolEffect.Finish finish) {
      return "finish " + finish.ticket().id;
    } else if (effect instanceof PoolEffect.Hold hold) {
      return "hold " + hold.last().ticket().id + " " + hold.last().code();
    } else if (effect instanceof PoolEffect.Hurry hurry) {
      return "hurry " + hurry.ticket().id;
    } else if (effect instanceof Deliver deliver) {
      return "deliver " + deliver.ticket().id;
    } else if (effect instanceof Refuse refuse) {
      return "refuse " + refuse.ticket().id + " " + refuse.code();
    }
    return "";
  }

  /** A call within that session. */
  Ticket submitIn(String session) {
    return submit(Call.of("tool").session(session));
  }

  /** The calls in a worker, in the order in which they came. */
  List<Ticket> running(String worker) {
    return state.crew().find(worker).inOrder();
  }

  void cancels(Ticket ticket) {
    does(state.cancel(ticket.id, now));
  }

  void ready(String worker) {
    does(state.workerReady(worker, rules, now));
  }

  /** The worker answers the call that it runs. */
  void answers(String worker) {
    answers(worker, running(worker).get(0).sequence, null);
  }

  void answers(String worker, long sequence, ErrorCode failure) {
    does(state.messages().completed(worker, sequence, failure, 0, now));
  }

  void crashes(String worker) {
    ends(worker, "was killed by signal 9", WorkerEnd.DIED);
  }

  void stops(String worker) {
    ends(worker, "stopped", WorkerEnd.ASKED);
  }

  void ends(String worker, String reason, WorkerEnd end) {
    does(state.workerEnded(worker, reason, end, now));
  }

  void drains(long limitMs) {
    does(state.drain(ms(limitMs), now));
  }

  /** Moves the clock, and lets happen what is due by then, at the very time it is due. */
  void passes(long milliseconds) {
    long target = now + ms(milliseconds);
    for (int i = 0; state.next().exists() && state.next().at() - target <= 0; i++) {
      assertThat(i).as("looks, and still something is due").isLessThan(MOST_LOOKS);
      now = Math.max(now, state.next().at());
      does(state.expire(now));
    }
    now = target;
  }

  /** Returns the progress of the last roll. */
  PoolStatus.RollStatus roll() {
    return state.status(now).roll();
  }

  void does(List<PoolEffect> more) {
    effects.addAll(more);
  }

  /** Returns the effects since the last look. */
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

  private Stream<Refuse> refusals() {
    return effects.stream().filter(Refuse.class::isInstance).map(Refuse.class::cast);
  }

  List<String> refused() {
    return refusals().map(r -> r.ticket().id + " " + r.code()).toList();
  }

  Refuse lastRefusal() {
    return refusals().reduce((first, second) -> second).orElseThrow();
  }

  /** Calls that are to be interrupted. */
  List<String> interrupted() {
    return effects.stream()
        .filter(PoolEffect.CancelCall.class::isInstance)
        .map(PoolEffect.CancelCall.class::cast)
        .map(c -> c.sequence() + "@" + c.worker())
        .toList();
  }

  /** Workers that are to end in peace. */
  List<String> stopsOrdered() {
    return effects.stream()
        .filter(PoolEffect.StopWorker.class::isInstance)
        .map(s -> ((PoolEffect.StopWorker) s).worker())
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
