package io.snakepit.worker;

import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.ToolInfo;
import io.snakepit.api.WorkerEnd;
import io.snakepit.bridge.DispatchedCall;
import io.snakepit.bridge.Intake;
import io.snakepit.bridge.WorkerLink;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record of all that a worker without a process does to the world: at home, over its link, and by
 * its listener. Each is told in words, and those of one step are taken together.
 */
final class RecordedHome implements WorkerHome {
  private final HostTools tools = new HostTools();
  private final List<String> told = new ArrayList<>();
  private @Nullable WorkerEnd lastEnd;

  /** Returns what has been told since this was asked last. */
  List<String> taken() {
    List<String> taken = List.copyOf(told);
    told.clear();
    return taken;
  }

  /** Returns what kind of end was told of last; null before. */
  @Nullable WorkerEnd lastEnd() {
    return lastEnd;
  }

  @Override
  public String pool() {
    return "main";
  }

  @Override
  public HostTools hostTools() {
    return tools;
  }

  @Override
  public void activated(Worker worker) {
    told.add("on record as " + worker.pid() + "/" + worker.startTicks());
  }

  @Override
  public void interrupt(Worker worker) {
    told.add("interrupt");
  }

  @Override
  public void dump(Worker worker) {
    told.add("dump");
  }

  @Override
  public void signal(Worker worker, int signal) {
    told.add("signal " + signal);
  }

  @Override
  public void killDirectly(Worker worker) {
    told.add("kill directly");
  }

  @Override
  public void replaceKeeper(Worker worker) {
    told.add("replace keeper");
  }

  @Override
  public void forget(Worker worker) {
    told.add("forget");
  }

  /** Returns a link over which the worker is spoken to. */
  WorkerLink link() {
    return new Link();
  }

  private final class Link implements WorkerLink {
    @Override
    public void call(DispatchedCall call) {
      told.add("call");
    }

    @Override
    public void credit(long sequence, int chunks, long bytes) {
      told.add("credit " + sequence);
    }

    @Override
    public void part(long sequence, Buffer bytes, boolean last) {
      told.add("part " + sequence);
    }

    @Override
    public void cancel(long sequence) {
      told.add("cancel " + sequence);
    }

    @Override
    public Future<Void> answer(long hostCall, Buffer result) {
      told.add("answer " + hostCall);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> refuse(long hostCall, ErrorCode code, String message) {
      told.add("refuse " + hostCall);
      return Future.succeededFuture();
    }

    @Override
    public void readOn() {
      told.add("read on");
    }

    @Override
    public void ping(long sequence) {
      told.add("ping " + sequence);
    }

    @Override
    public void shutdown() {
      told.add("shutdown");
    }

    @Override
    public void close() {
      told.add("close");
    }
  }

  /** Returns a listener, which is the pool. */
  WorkerListener listener() {
    return new Listener();
  }

  private final class Listener implements WorkerListener {
    @Override
    public void ready(Worker worker, List<ToolInfo> tools) {
      told.add("ready with " + tools.size() + " tools");
    }

    @Override
    public void succeeded(
        Worker worker, long sequence, String contentType, Buffer body, long residentBytes) {
      told.add("succeeded " + sequence);
    }

    @Override
    public Intake announced(Worker worker, long sequence, int bytes, boolean here) {
      told.add("announced " + sequence);
      return Intake.READ;
    }

    @Override
    public void handedOver(Worker worker) {
      told.add("handed over");
    }

    @Override
    public void failed(
        Worker worker, long sequence, SnakepitException failure, long residentBytes) {
      told.add("failed " + sequence);
    }

    @Override
    public void yielded(Worker worker, long sequence, Chunk chunk) {
      told.add("yielded " + sequence);
    }

    @Override
    public void blocked(Worker worker, long sequence) {
      told.add("blocked " + sequence);
    }

    @Override
    public void took(Worker worker, long sequence, long bytes) {
      told.add("took " + sequence);
    }

    @Override
    public void cameRound(Worker worker) {
      told.add("came round");
    }

    @Override
    public void standsStill(Worker worker) {
      told.add("stands still");
    }

    @Override
    public void holds(Worker worker, long residentBytes) {
      told.add("holds " + residentBytes);
    }

    @Override
    public void lost(Worker worker, boolean unread) {
      told.add(unread ? "lost unread" : "lost");
    }

    @Override
    public void ended(Worker worker, String reason, WorkerEnd end) {
      lastEnd = end;
      told.add((end == WorkerEnd.ASKED ? "ended, asked: " : "ended: ") + reason);
    }
  }
}
