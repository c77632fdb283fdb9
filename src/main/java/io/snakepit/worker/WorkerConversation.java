package io.snakepit.worker;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.Chunk;
import io.snakepit.api.HostJson;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.bridge.Intake;
import io.snakepit.bridge.LinkEnd;
import io.snakepit.bridge.LinkListener;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.bridge.Standstill;
import io.snakepit.bridge.WorkerLink;
import io.snakepit.process.Printable;
import io.snakepit.telemetry.RefusalLog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of one worker's link: judges whether what the worker says has a place in its life,
 * and hands it on. What concerns calls goes to the pool, what concerns the worker to the {@link
 * Worker}. For the pool's event loop.
 */
final class WorkerConversation implements LinkListener {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerConversation.class);

  private final Worker worker;
  private final WorkerListener listener;
  private final String pool;
  private final HostCalls hostCalls;
  private final PulseMeter pulse;

  /** Keeps a worker whose loop stands still again and again from filling the log. */
  private final RefusalLog standstills = new RefusalLog();

  private @Nullable WorkerLink link;

  WorkerConversation(
      Worker worker, WorkerListener listener, String pool, HostCalls hostCalls, PulseMeter pulse) {
    this.worker = worker;
    this.listener = listener;
    this.pool = pool;
    this.hostCalls = hostCalls;
    this.pulse = pulse;
  }

  @Override
  public void attached(WorkerLink opened) {
    link = opened;
    worker.attached(opened);
  }

  @Override
  public void ready(Buffer tools) throws ProtocolException {
    WorkerLife life = worker.life();
    if (life == WorkerLife.ENDING) {
      return;
    }
    if (life != WorkerLife.STARTING) {
      throw new ProtocolException("Ready has no place in a worker that is " + life);
    }
    worker.becomeReady(parse(tools));
  }

  private List<ToolInfo> parse(Buffer tools) throws ProtocolException {
    try {
      return requireNonNull((JsonArray) HostJson.read(tools)).stream()
          .map(JsonObject.class::cast)
          .map(t -> ToolInfo.fromJson(pool, t))
          .toList();
    } catch (DecodeException | ClassCastException e) {
      throw new ProtocolException("Ready without a list of tools: " + e.getMessage());
    }
  }

  @Override
  public void startFailed(PythonError failure) {
    worker.startFailed(failure);
  }

  @Override
  public void succeeded(long sequence, String contentType, Buffer body, long residentBytes)
      throws ProtocolException {
    requireReady("RESULT");
    listener.succeeded(worker, sequence, contentType, body, residentBytes);
  }

  @Override
  public Intake announced(long sequence, int bytes, boolean here) throws ProtocolException {
    requireReady("a large message");
    return listener.announced(worker, sequence, bytes, here);
  }

  @Override
  public void failed(long sequence, SnakepitException failure, long residentBytes)
      throws ProtocolException {
    requireReady("FAILURE");
    listener.failed(worker, sequence, failure, residentBytes);
  }

  @Override
  public void yielded(long sequence, Chunk chunk) throws ProtocolException {
    requireReady("CHUNK");
    listener.yielded(worker, sequence, chunk);
  }

  @Override
  public void blocked(long sequence) throws ProtocolException {
    requireReady("BLOCKED");
    listener.blocked(worker, sequence);
  }

  @Override
  public void took(long sequence, long bytes) throws ProtocolException {
    requireReady("CREDIT");
    listener.took(worker, sequence, bytes);
  }

  /**
   * Refuses what a worker can't have to say before it takes calls; one that is ending still may.
   */
  private void requireReady(String message) throws ProtocolException {
    if (worker.life() == WorkerLife.STARTING) {
      throw new ProtocolException(message + " came before Ready");
    }
  }

  @Override
  public void calledHost(long id, String tool, Buffer arguments) throws ProtocolException {
    listener.handedOver(worker);
    hostCalls.run(id, tool, arguments, requireNonNull(link));
  }

  @Override
  public void answeredPing(long sequence, long residentBytes) throws ProtocolException {
    if (!pulse.answered(sequence, System.nanoTime())) {
      throw new ProtocolException("Pong " + sequence + " answers no ping");
    }
    if (residentBytes > 0) {
      listener.holds(worker, residentBytes);
    }
  }

  @Override
  public void cameRound() throws ProtocolException {
    requireReady("CAME_ROUND");
    listener.cameRound(worker);
  }

  @Override
  public void standsStill(Standstill standstill) throws ProtocolException {
    requireReady("STANDSTILL");
    String line = standstills.refused(told(standstill), System.nanoTime());
    if (line != null) {
      LOG.warn("pool {}: {}", pool, line);
    }
    listener.standsStill(worker);
  }

  private String told(Standstill standstill) {
    String who =
        standstill.tool().isEmpty()
            ? "a callback, or a task that a tool has started,"
            : "tool %s (call %s)".formatted(standstill.tool(), standstill.call());
    return Printable.lines(
        "%s has kept the event loop of worker %s standing for %d ms; nothing else goes on there. It is at:%n%s"
            .formatted(who, worker.id(), standstill.standingMs(), standstill.stack()));
  }

  @Override
  public void ended(LinkEnd end) {
    worker.linkEnded(end);
  }
}
