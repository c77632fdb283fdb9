package io.snakepit.pool;

import io.snakepit.api.Chunk;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.api.WorkerEnd;
import io.snakepit.api.waiting.AnswerHold;
import io.snakepit.api.waiting.ByteLease;
import io.snakepit.bridge.Intake;
import io.snakepit.bridge.LinkListener;
import io.snakepit.pool.CallEffects.Answer;
import io.snakepit.pool.machine.BatchRule;
import io.snakepit.pool.machine.PoolEffect;
import io.snakepit.pool.machine.PoolState;
import io.snakepit.pool.machine.Ticket;
import io.snakepit.pool.machine.ToolRules;
import io.snakepit.pool.machine.WorkerAnswers;
import io.snakepit.worker.Worker;
import io.snakepit.worker.WorkerListener;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells a pool's machine what is heard of its workers, and keeps which tools they offer. For the
 * pool's event loop alone.
 */
final class WorkerEvents implements WorkerListener {
  private final String pool;
  private final PoolState state;
  private final WorkerAnswers messages;
  private final WorkerEffects workers;
  private final AnswerIntake intake;
  private final Performer performer;
  private final BooleanSupplier crashed;
  private List<ToolInfo> tools = List.of();
  private volatile Set<String> uploads = Set.of();

  /** Carries out what the machine has answered. */
  @FunctionalInterface
  interface Performer {
    /**
     * @param answer what a worker has just said, for the effect that hands it on; null if none has
     */
    void perform(List<PoolEffect> effects, @Nullable Answer answer);
  }

  /**
   * @param workers told which of them are gone
   * @param intake decides on large answers
   * @param crashed whether the machine is broken: then it is told of no worker's end any more
   */
  WorkerEvents(
      String pool,
      PoolState state,
      WorkerEffects workers,
      AnswerIntake intake,
      Performer performer,
      BooleanSupplier crashed) {
    this.pool = pool;
    this.state = state;
    this.messages = state.messages();
    this.workers = workers;
    this.intake = intake;
    this.performer = performer;
    this.crashed = crashed;
  }

  /** Returns the tools of the worker that was ready last. */
  List<ToolInfo> tools() {
    return tools;
  }

  /** Returns whether a tool reads its arguments as they come, as far as is known. Any thread. */
  boolean takesUpload(String tool) {
    return uploads.contains(tool);
  }

  @Override
  public void ready(Worker worker, List<ToolInfo> offered) {
    tools = offered.stream().filter(tool -> !tool.name().equals(ToolInfo.CAUGHT)).toList();
    uploads =
        tools.stream()
            .filter(ToolInfo::upload)
            .map(ToolInfo::name)
            .collect(Collectors.toUnmodifiableSet());
    perform(state.workerReady(worker.id(), rules(offered), System.nanoTime()));
  }

  private static ToolRules rules(List<ToolInfo> offered) {
    Map<String, Boolean> interruptible =
        offered.stream()
            .collect(Collectors.toMap(ToolInfo::name, ToolInfo::interrupt, Boolean::logicalAnd));
    return new ToolRules(
        offered.stream().filter(ToolInfo::isBatched).map(WorkerEvents::batchRule).toList(),
        interruptible,
        interruptible.getOrDefault(ToolInfo.CAUGHT, true));
  }

  private static BatchRule batchRule(ToolInfo tool) {
    long waitNanos = TimeUnit.MILLISECONDS.toNanos(tool.batch().waitMs());
    return new BatchRule(tool.name(), tool.batch().size(), waitNanos);
  }

  @Override
  public void succeeded(
      Worker worker, long sequence, String contentType, Buffer body, long residentBytes) {
    long now = System.nanoTime();
    handOver(
        worker,
        messages.completed(worker.id(), sequence, null, residentBytes, now),
        ticket -> ticket.caller.succeed(contentType, body, worker.id(), now));
  }

  /** Hands over what a worker has sent; what a large answer has taken goes with it, or back. */
  private void handOver(Worker worker, List<PoolEffect> effects, Answer answer) {
    ByteLease lease = intake.taken(worker);
    if (lease == null) {
      performer.perform(effects, answer);
      return;
    }
    boolean[] kept = {false};
    try {
      performer.perform(
          effects,
          ticket -> {
            kept[0] = isKept(lease, ticket);
            answer.to(ticket);
          });
    } finally {
      if (!kept[0]) {
        lease.release();
      }
    }
  }

  /** Leaves a lease to the door whose client takes the answer; returns whether there is one. */
  private static boolean isKept(ByteLease lease, Ticket ticket) {
    AnswerHold hold = ticket.call.answerHold();
    if (hold != null) {
      hold.take(lease);
    }
    return hold != null;
  }

  @Override
  public Intake announced(Worker worker, long sequence, int bytes, boolean here) {
    if (sequence != LinkListener.HOST_CALL && !state.awaits(worker.id(), sequence)) {
      intake.drop(worker);
      return Intake.DROP;
    }
    return intake.enter(worker, bytes, here);
  }

  @Override
  public void handedOver(Worker worker) {
    ByteLease lease = intake.taken(worker);
    if (lease != null) {
      lease.release();
    }
  }

  @Override
  public void failed(Worker worker, long sequence, SnakepitException failure, long residentBytes) {
    performer.perform(
        messages.completed(worker.id(), sequence, failure.code(), residentBytes, System.nanoTime()),
        ticket ->
            ticket.caller.answerFailure(
                CallEffects.named(failure.onWorker(worker.id()), ticket, pool)));
  }

  @Override
  public void yielded(Worker worker, long sequence, Chunk chunk) {
    handOver(
        worker,
        messages.chunk(worker.id(), sequence, chunk.bytes().length(), System.nanoTime()),
        ticket -> ticket.consumer().pass(chunk));
  }

  @Override
  public void blocked(Worker worker, long sequence) {
    perform(messages.blocked(worker.id(), sequence, System.nanoTime()));
  }

  @Override
  public void took(Worker worker, long sequence, long bytes) {
    long now = System.nanoTime();
    performer.perform(
        messages.argumentsTaken(worker.id(), sequence, now),
        ticket -> {
          if (!ticket.caller.argumentsTaken(bytes)) {
            perform(messages.tookTooMuch(worker.id(), ticket, bytes, now));
          }
        });
  }

  @Override
  public void cameRound(Worker worker) {
    messages.cameRound(worker.id(), System.nanoTime());
  }

  @Override
  public void standsStill(Worker worker) {
    perform(messages.standsStill(worker.id(), System.nanoTime()));
  }

  @Override
  public void holds(Worker worker, long residentBytes) {
    perform(state.workerHolds(worker.id(), residentBytes));
  }

  @Override
  public void lost(Worker worker, boolean unread) {
    perform(state.workerLost(worker.id(), unread, System.nanoTime()));
  }

  @Override
  public void ended(Worker worker, String reason, WorkerEnd end) {
    workers.forget(worker.id());
    intake.drop(worker);
    if (crashed.getAsBoolean()) {
      return;
    }
    perform(state.workerEnded(worker.id(), reason, end, System.nanoTime()));
  }

  private void perform(List<PoolEffect> effects) {
    performer.perform(effects, null);
  }
}
