package io.snakepit.bridge;

import io.snakepit.testing.FakeWorker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An acceptor of workers in a fresh directory and on an event loop of its own, open while a test
 * runs. To be registered as a field.
 */
final class OpenAcceptor implements BeforeEachCallback, AfterEachCallback {
  static final int MAX_BODY = 1024 * 1024;

  private final boolean nativeTransport;
  private final Duration helloTimeout;
  private Vertx vertx;
  private Context context;
  private Path socket;
  private WorkerAcceptor acceptor;

  /**
   * Makes an acceptor that each test opens.
   *
   * @param nativeTransport whether sockets are served by the operating system's own means, where
   *     Netty knows them, rather than by the JDK's
   * @param helloTimeout within which a peer must introduce itself
   */
  OpenAcceptor(boolean nativeTransport, Duration helloTimeout) {
    this.nativeTransport = nativeTransport;
    this.helloTimeout = helloTimeout;
  }

  /** Makes an acceptor that waits a minute for a peer to introduce itself. */
  OpenAcceptor() {
    this(true, Duration.ofMinutes(1));
  }

  @Override
  public void beforeEach(ExtensionContext test) throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
    context = vertx.getOrCreateContext();
    socket = Files.createTempDirectory("acceptor").resolve("pool.sock");
    WorkerAcceptor.FrameLimits limits = new WorkerAcceptor.FrameLimits(MAX_BODY);
    acceptor = await(onLoop(() -> WorkerAcceptor.open(vertx, socket, limits, helloTimeout)));
  }

  @Override
  public void afterEach(ExtensionContext test) throws Exception {
    vertx.close().await();
    Files.deleteIfExists(socket);
    Files.delete(socket.getParent());
  }

  Vertx vertx() {
    return vertx;
  }

  /** Returns where to dial. */
  Path socket() {
    return socket;
  }

  /** Expects a worker with that token. */
  RecordedLink expect(String token) throws Exception {
    RecordedLink listener = new RecordedLink();
    expect(token, listener);
    return listener;
  }

  /** Expects a worker with that token, whose words that listener hears. */
  void expect(String token, LinkListener listener) throws Exception {
    run(() -> acceptor.expect(token, "worker of " + token, listener));
  }

  /** Attaches a worker with that token, which must be expected. */
  FakeWorker attach(String token) throws Exception {
    return FakeWorker.attach(socket, token);
  }

  /** Expects no worker with that token any more. */
  void forget(String token) throws Exception {
    run(() -> acceptor.forget(token));
  }

  /** Returns how many connections were refused. */
  long refused() throws Exception {
    return await(onLoop(() -> Future.succeededFuture(acceptor.refused())));
  }

  /** Does something on the acceptor's event loop, and waits for it. */
  void run(Runnable action) throws Exception {
    await(
        onLoop(
            () -> {
              action.run();
              return Future.succeededFuture();
            }));
  }

  /** Closes the acceptor before the test is over. */
  void close() throws Exception {
    await(onLoop(acceptor::close));
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
}
