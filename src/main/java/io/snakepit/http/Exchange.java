package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request and its one answer. Answering a client that has gone, or answering again, does
 * nothing.
 */
final class Exchange {
  /** How long the rest of a refused body is read and dropped, so that the client sees why. */
  private static final long DRAIN_MS = 1_000;

  /** A refused body up to this size is awaited, so that its connection stays of use. */
  private static final long SHORT_BODY_BYTES = 64 * 1024;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Housekeeping housekeeping;
  private final Housekeeping.Visit visit;
  private final long started = System.nanoTime();
  private @Nullable String callId;
  private boolean isCall;
  private boolean answered;
  private boolean closeAfterwards;

  Exchange(HttpServerRequest request, Housekeeping housekeeping) {
    this.request = request;
    this.response = request.response();
    this.housekeeping = housekeeping;
    this.visit = housekeeping.visitOf(request.connection());
    visit.busy();
  }

  HttpServerRequest request() {
    return request;
  }

  HttpMethod method() {
    return request.method();
  }

  String path() {
    return request.path();
  }

  /** A header's value, or null. */
  @Nullable String header(CharSequence name) {
    return request.getHeader(name);
  }

  Housekeeping.Visit visit() {
    return visit;
  }

  /** The one id of its call and of its error: the client's if that is fit to be one, else new. */
  String callId() {
    String known = callId;
    if (known == null) {
      String chosen = CallHeaders.chosenId(request);
      known = chosen == null ? housekeeping.callIds().next() : chosen;
      callId = known;
    }
    return known;
  }

  /** The answer will be the connection's last. */
  void closeAfterwards() {
    closeAfterwards = true;
  }

  /**
   * Runs a call and answers with its error, or with its result as {@code body} shapes it. A client
   * that goes before that cancels it.
   *
   * @param call with an id
   * @param type of what {@code body} makes
   */
  void run(
      CallExecutor executor,
      Call call,
      Function<Result, CharSequence> type,
      Function<Result, Buffer> body) {
    isCall = true;
    callId = call.id();
    Future<Result> outcome = executor.execute(call);
    boolean chosen = header(Headers.CALL_ID) != null;
    Caller caller = new Caller(executor, housekeeping.callIds(), call.id(), chosen);
    visit.awaits(caller);
    outcome.onComplete(
        (result, failure) -> {
          // Before the answer: with its last byte the connection's next request begins.
          visit.served(caller);
          if (failure != null) {
            fail(failure);
          } else {
            succeed(result, type, body);
          }
        });
  }

  private void succeed(
      Result result, Function<Result, CharSequence> type, Function<Result, Buffer> body) {
    if (response.closed()) {
      return;
    }
    try {
      response
          .headers()
          .add(Headers.CONTENT_TYPE, type.apply(result))
          .add(Headers.WORKER, result.worker())
          .add(Headers.DURATION_MS, Millis.text(result.duration().toNanos()))
          .add(Headers.CALL_ID, result.call());
      answer(body.apply(result));
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Answers with JSON. */
  void json(int status, Buffer body) {
    if (response.closed() || answered) {
      return;
    }
    response.setStatusCode(status).headers().add(Headers.CONTENT_TYPE, Headers.JSON);
    answer(body);
  }

  /** Answers without a body: 204, with the methods that the path knows. */
  void allow(String methods) {
    if (response.closed() || answered) {
      return;
    }
    response.setStatusCode(204).headers().add(Headers.ALLOW, methods);
    answer(Buffer.buffer());
  }

  /** Answers 405 with the methods that the path knows. */
  void refuseMethod(String allowed) {
    response.headers().set(Headers.ALLOW, allowed);
    fail(
        new SnakepitException(
            ErrorCode.METHOD_NOT_ALLOWED,
            "%s is not for %s: allowed are %s".formatted(path(), method(), allowed)));
  }

  /** Answers 401. */
  void refuseStranger(String challenge, String reason) {
    response.headers().set(Headers.WWW_AUTHENTICATE, challenge);
    fail(new SnakepitException(ErrorCode.UNAUTHENTICATED, reason));
  }

  /** Answers with a problem. */
  void fail(Throwable failure) {
    if (response.closed() || answered) {
      return;
    }
    SnakepitException error = Problem.explain(failure, callId());
    response.setStatusCode(error.code().status());
    MultiMap headers = response.headers();
    headers.set(Headers.CONTENT_TYPE, Headers.PROBLEM);
    headers.set(Headers.CALL_ID, String.valueOf(error.call()));
    if (error.code().retryAfter()) {
      headers.set(Headers.RETRY_AFTER, Headers.seconds(error.retryAfterMs()));
    }
    describeRun(headers, error);
    closeAfterwards |= error.code() == ErrorCode.SHUTTING_DOWN;
    answer(Problem.body(error));
  }

  private void describeRun(MultiMap headers, SnakepitException error) {
    if (isCall) {
      headers.set(Headers.DURATION_MS, Millis.text(System.nanoTime() - started));
    }
    String worker = error.worker();
    if (worker != null) {
      headers.set(Headers.WORKER, worker);
    } else {
      headers.remove(Headers.WORKER);
    }
  }

  private void answer(Buffer body) {
    answered = true;
    if (closeAfterwards || request.isEnded() || !BodyReader.hasBody(request)) {
      end(body);
    } else if (BodyReader.isShort(request, SHORT_BODY_BYTES)) {
      visit.reading();
      request.handler(dropped -> visit.touch()).endHandler(read -> end(body));
    } else {
      refuseRest();
      end(body);
    }
  }

  /** The client learns of the refusal while it still sends: what it sends is read and dropped. */
  private void refuseRest() {
    HttpConnection connection = request.connection();
    response.headers().set(Headers.CONNECTION, Headers.CLOSE);
    long timer = housekeeping.after(DRAIN_MS, connection::close);
    request
        .handler(dropped -> {})
        .endHandler(
            read -> {
              housekeeping.cancel(timer);
              connection.close();
            });
  }

  private void end(Buffer body) {
    visit.quiet();
    response.headers().add(Headers.DATE, housekeeping.date());
    if (closeAfterwards || housekeeping.isClosing()) {
      response.headers().set(Headers.CONNECTION, Headers.CLOSE);
      response.end(body);
      request.connection().close();
    } else {
      response.end(body);
    }
  }
}
