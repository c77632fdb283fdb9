package io.snakepit.process;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A start of a keeper: from nothing to a keeper that takes orders, and back to nothing if it fails.
 * For the event loop that runs it.
 */
final class KeeperStart {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 32;
  private static final int LAST_LINES = 20;

  private final Vertx vertx;
  private final Context context;
  private final KeeperOptions options;
  private final KeeperListener listener;
  private final String token = token();
  private final Deque<OutputLine> output = new ArrayDeque<>();
  private @Nullable Keeper keeper;

  KeeperStart(Vertx vertx, KeeperOptions options, KeeperListener listener) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.options = options;
    this.listener = listener;
  }

  Future<Keeper> run() {
    return KeeperAcceptor.open(vertx, options.socket(), token)
        .recover(e -> fail("can't listen on " + options.socket() + ": " + e.getMessage()))
        .compose(acceptor -> launch(acceptor).eventually(acceptor::close));
  }

  private Future<Keeper> launch(KeeperAcceptor acceptor) {
    return KeeperProcess.launch(vertx, options, token, this::printed)
        .recover(e -> fail(String.valueOf(e.getMessage())))
        .compose(
            process -> {
              acceptor.expect(process.pid());
              return await(acceptor, process)
                  .recover(e -> rollBack(process).compose(gone -> fail(message(e))))
                  .map(admission -> attach(process, admission));
            });
  }

  private Future<KeeperAcceptor.Admission> await(KeeperAcceptor acceptor, KeeperProcess process) {
    Promise<KeeperAcceptor.Admission> promise = Promise.promise();
    long timeoutMs = options.timeouts().start().toMillis();
    long timer =
        vertx.setTimer(
            timeoutMs, late -> promise.tryFail("no hello within %d ms".formatted(timeoutMs)));
    acceptor.admitted().onSuccess(promise::tryComplete);
    process.exit().onSuccess(exit -> promise.tryFail("ended with " + exit + " before its hello"));
    return promise.future().onComplete(over -> vertx.cancelTimer(timer));
  }

  private Keeper attach(KeeperProcess process, KeeperAcceptor.Admission admission) {
    Keeper attached = new Keeper(vertx, options, listener, process, admission);
    keeper = attached;
    attached.configure();
    context.runOnContext(
        later -> {
          output.forEach(attached::printed);
          attached.listen();
        });
    return attached;
  }

  private Future<Void> rollBack(KeeperProcess process) {
    process.kill();
    return process.exit().compose(exit -> process.sweep());
  }

  /** Takes a line of the keeper's own output: one that is not attached yet says why it fails. */
  private void printed(OutputLine line) {
    if (keeper != null) {
      keeper.printed(line);
      return;
    }
    output.addLast(line);
    if (output.size() > LAST_LINES) {
      output.removeFirst();
    }
  }

  private String message(Throwable failure) {
    StringBuilder message = new StringBuilder(String.valueOf(failure.getMessage()));
    output.forEach(line -> message.append('\n').append(line.text()));
    return message.toString();
  }

  private <T> Future<T> fail(String why) {
    return Future.failedFuture(
        new KeeperException("pool %s: the keeper: %s".formatted(options.workers().pool(), why)));
  }

  private static String token() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
