package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteBudget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A fake of all behind the door: keeps the calls it gets, and answers as it is told. */
final class FakeExecutor implements CallExecutor {
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> cancels = new LinkedBlockingQueue<>();
  private final BlockingQueue<FakeStream> streams = new LinkedBlockingQueue<>();
  private volatile Consumer<FakeStream> streaming = stream -> {};
  private volatile Function<String, ByteAccount> accounts =
      pool -> ByteBudget.unlimited().open("no limit");
  private volatile boolean takesUpload;
  private volatile long headAfterMs = Duration.ofHours(1).toMillis();
  private volatile Runnable whenCancelled = () -> {};
  private volatile boolean knowsCalls = true;
  private volatile Function<Call, Future<Result>> behaviour = FakeExecutor::echo;

  @Override
  public Future<Result> execute(Call call) {
    calls.add(call);
    return behaviour.apply(call);
  }

  @Override
  public ChunkStream stream(Call call) {
    calls.add(call);
    FakeStream stream = new FakeStream(Vertx.currentContext());
    streams.add(stream);
    streaming.accept(stream);
    return stream.stream();
  }

  @Override
  public ByteAccount bodies(String pool) {
    return accounts.apply(pool);
  }

  /** Sets who counts the bodies that wait for a pool. */
  void count(Function<String, ByteAccount> next) {
    accounts = next;
  }

  @Override
  public boolean takesUpload(String pool, String tool) {
    return takesUpload;
  }

  @Override
  public long streamHeadAfterMs(String pool) {
    return headAfterMs;
  }

  /** Sets how long the answer of a silent stream waits to begin. */
  void beginStreamsAfter(long ms) {
    headAfterMs = ms;
  }

  /** Makes tools read their bodies as they come from now on. */
  void takeUploads() {
    takesUpload = true;
  }

  /** Sets what is done with each stream when it begins. */
  void streamsBehave(Consumer<FakeStream> next) {
    streaming = next;
  }

  /** Returns the next stream that was asked for. */
  FakeStream nextStream() throws InterruptedException {
    FakeStream stream = streams.poll(20, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("no stream was asked for");
    }
    return stream;
  }

  @Override
  public Future<Boolean> cancel(String callId) {
    cancels.add(callId);
    whenCancelled.run();
    return Future.succeededFuture(knowsCalls);
  }

  /** Sets what comes of a cancellation, at once. */
  void whenCancelled(Runnable next) {
    whenCancelled = next;
  }

  /** Makes no call known any more that is to be cancelled. */
  void forgetCalls() {
    knowsCalls = false;
  }

  /** Returns how many calls were cancelled that no test has asked for. */
  int cancelled() {
    return cancels.size();
  }

  /** Returns the next call that was cancelled. */
  String nextCancelled() throws InterruptedException {
    String call = cancels.poll(20, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("no call was cancelled");
    }
    return call;
  }

  void behave(Function<Call, Future<Result>> next) {
    behaviour = next;
  }

  void answer(String contentType, byte[] body) {
    behave(call -> Future.succeededFuture(result(call, contentType, Buffer.buffer(body))));
  }

  void fail(ErrorCode code, String message) {
    behave(call -> Future.failedFuture(new SnakepitException(code, message)));
  }

  /** Returns the next call that came. */
  Call next() throws InterruptedException {
    Call call = calls.poll(20, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("no call came");
    }
    return call;
  }

  int waiting() {
    return calls.size();
  }

  static Future<Result> echo(Call call) {
    return Future.succeededFuture(result(call, call.contentType(), call.body()));
  }

  static Result result(Call call, String contentType, Buffer body) {
    String id = call.id().isEmpty() ? "made-1" : call.id();
    return new Result(id, contentType, body, "default-1", Duration.ofNanos(12_345_678));
  }
}
