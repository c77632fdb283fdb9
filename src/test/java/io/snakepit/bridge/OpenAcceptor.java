package io.snakepit.bridge;

import io.snakepit.bridge.v1.WorkerMessage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A door in a fresh directory and on an event loop of its own; and what its listeners heard. */
final class OpenAcceptor implements AutoCloseable {
  static final int MAX_BODY = 1024 * 1024;

  final Vertx vertx;
  final Path socket;
  private final Path directory;
  private final Context context;
  private final WorkerAcceptor door;

  OpenAcceptor(boolean nativeTransport, Duration helloTimeout) throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
    context = vertx.getOrCreateContext();
    directory = Files.createTempDirectory("door");
    socket = directory.resolve("pool.sock");
    door =
        await(
            onLoop(
                () ->
                    WorkerAcceptor.open(
                        vertx, socket, new WorkerAcceptor.FrameLimits(MAX_BODY), helloTimeout)));
  }

  OpenAcceptor() throws Exception {
    this(true, Duration.ofMinutes(1));
  }

  /** What a listener hears: each of the three is one of these. */
  record Heard(String what, WorkerLink link, WorkerMessage message, Buffer body, LinkEnd end) {}

  /** Keeps what it hears, for the test to take. */
  static class Listener implements LinkListener {
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    @Override
    public void attached(WorkerLink link) {
      heard.add(new Heard("attached", link, null, null, null));
    }

    @Override
    public void received(WorkerMessage message, Buffer body) throws ProtocolException {
      heard.add(new Heard("received", null, message, body.copy(), null));
    }

    @Override
    public void ended(LinkEnd end) {
      heard.add(new Heard("ended", null, null, null, end));
    }

    Heard next() throws InterruptedException {
      Heard next = heard.poll(20, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing was heard for 20 s");
      }
      return next;
    }

    Heard next(String what) throws InterruptedException {
      Heard next = next();
      if (!next.what.equals(what)) {
        throw new AssertionError("expected " + what + ", heard " + next);
      }
      return next;
    }

    boolean hasHeardMore() {
      return !heard.isEmpty();
    }
  }

  Listener expect(String token) throws Exception {
    Listener listener = new Listener();
    expect(token, listener);
    return listener;
  }

  void expect(String token, LinkListener listener) throws Exception {
    run(() -> door.expect(token, "worker of " + token, listener));
  }

  void forget(String token) throws Exception {
    run(() -> door.forget(token));
  }

  long refused() throws Exception {
    return await(onLoop(() -> Future.succeededFuture(door.refused())));
  }

  /** Does something on the door's event loop, and waits for it. */
  void run(Runnable action) throws Exception {
    await(
        onLoop(
            () -> {
              action.run();
              return Future.succeededFuture();
            }));
  }

  void closeDoor() throws Exception {
    await(onLoop(door::close));
  }

  private <T> Future<T> onLoop(Callable<Future<T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            action.call().onComplete(done);
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    vertx.close().await();
    Files.deleteIfExists(socket);
    Files.delete(directory);
  }
}
