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
import io.vertx.core.http.HttpVersion;
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

  /** A larger answer is written in pieces of that size, in bytes. */
  private static final int PIECE_BYTES = 256 * 1024;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Connections housekeeping;
  private final Connections.Visit visit;
  private final long started = System.nanoTime();
  private @Nullable String callId;
  private @Nullable StreamAnswer streamed;
  private @Nullable UploadBody upload;
  private boolean isCall;
  private boolean answered;
  private boolean closeAfterwards;

  Exchange(HttpServerRequest request, Connections housekeeping) {
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

  Connections.Visit visit() {
    return visit;
  }

  /** Its body passes as it comes: what of it is not wanted any more is to be dropped. */
  void uploads(UploadBody body) {
    upload = body;
  }

  /** Its body is about to be read: a client that waits to be asked for it is asked. */
  void askForBody() {
    if (!answered && BodyReader.expectsContinue(request)) {
      response.writeContinue();
    }
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
    CancelOnDisconnect caller =
        CancelOnDisconnect.byId(executor, housekeeping.callIds(), call.id(), chosen);
    visit.awaits(caller);
    outcome.onComplete(
        (result, failure) -> {
          // Before the answer: with its last byte the connection's next request begins.
          visit.served();
          if (failure != null) {
            fail(failure);
          } else {
            succeed(result, type, body);
          }
        });
  }

  /**
   * Runs a call and answers with what it yields, piece by piece, or with its error. A client that
   * goes before that cancels it.
   *
   * @param call with an id
   */
  void stream(CallExecutor executor, Call call, StreamFormat format) {
    isCall = true;
    callId = call.id();
    StreamAnswer made = new StreamAnswer(this, executor.stream(call), format);
    streamed = made;
    visit.awaits(CancelOnDisconnect.byHandle(call.id(), made::cancel));
    if (format == StreamFormat.SSE) {
      visit.everySecond(made::tick);
    }
    made.begin();
  }

  /** Runs an action once all that the event loop has at hand is done, on the same thread. */
  void atEndOfPass(Runnable action) {
    housekeeping.atEndOfPass(action);
  }

  /** The call is over: answers with its error. */
  void failCall(Throwable failure) {
    visit.served();
    fail(failure);
  }

  /** The call can't go on, by the client's fault: it is cancelled and answered with that. */
  void abort(Throwable why) {
    StreamAnswer made = streamed;
    if (made != null) {
      made.abort(why);
    } else {
      // In this order: the cancelled call's own answer could come at once.
      fail(why);
      visit.gone();
    }
  }

  /** Sets the head of an answer whose body comes in pieces; it goes out with the first of them. */
  void beginStream(StreamFormat format) {
    answered = true;
    response.setChunked(true);
    MultiMap headers = response.headers();
    headers
        .set(Headers.CONTENT_TYPE, format.type())
        .set(Headers.CACHE_CONTROL, Headers.NO_CACHE)
        .set(Headers.NO_BUFFERING, Headers.NO)
        .set(Headers.CALL_ID, callId())
        .set(Headers.DATE, housekeeping.date());
    // In HTTP/1.0 there are no chunks: the body ends with the connection.
    closeAfterwards |= request.version() == HttpVersion.HTTP_1_0 || housekeeping.isClosing();
    if (closeAfterwards) {
      headers.set(Headers.CONNECTION, Headers.CLOSE);
    }
  }

  /** Writes the last piece of such an answer. */
  void endStream(Buffer last) {
    visit.served();
    visit.quiet();
    if (response.closed()) {
      return;
    }
    response.end(last);
    if (closeAfterwards || housekeeping.isClosing()) {
      request.connection().close();
    } else if (!request.isEnded() && BodyReader.hasBody(request)) {
      dropRest();
    }
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
    letGoOfUpload();
    if (closeAfterwards || request.isEnded() || !BodyReader.hasBody(request)) {
      end(body);
    } else if (BodyReader.isShort(request, SHORT_BODY_BYTES)) {
      visit.reading();
      request.handler(dropped -> visit.touch(dropped.length())).endHandler(read -> end(body));
      request.resume();
    } else {
      refuseRest();
      end(body);
    }
  }

  private void letGoOfUpload() {
    UploadBody passing = upload;
    if (passing != null) {
      passing.letGo();
    }
  }

  /** The client learns of the refusal while it still sends: what it sends is read and dropped. */
  private void refuseRest() {
    response.headers().set(Headers.CONNECTION, Headers.CLOSE);
    dropRest();
  }

  private void dropRest() {
    letGoOfUpload();
    HttpConnection connection = request.connection();
    long timer = housekeeping.after(DRAIN_MS, connection::close);
    request
        .handler(dropped -> {})
        .endHandler(
            read -> {
              housekeeping.cancel(timer);
              connection.close();
            });
    request.resume();
  }

  private void end(Buffer body) {
    response.headers().add(Headers.DATE, housekeeping.date());
    if (closeAfterwards || housekeeping.isClosing()) {
      closeAfterwards = true;
      response.headers().set(Headers.CONNECTION, Headers.CLOSE);
    }
    if (body.length() > PIECE_BYTES && !method().equals(HttpMethod.HEAD)) {
      response.headers().set(Headers.CONTENT_LENGTH, Integer.toString(body.length()));
      visit.writing();
      writeFrom(body, 0);
    } else {
      endWith(body);
    }
  }

  /** Writes a large body as fast as the client takes it, so that it is seen whether it does. */
  private void writeFrom(Buffer body, int start) {
    int from = start;
    while (body.length() - from > PIECE_BYTES) {
      response.write(body.slice(from, from + PIECE_BYTES));
      from += PIECE_BYTES;
      if (response.writeQueueFull()) {
        int next = from;
        response.drainHandler(
            taken -> {
              // Else the next write, which may drain the queue itself, would come here again.
              response.drainHandler(null);
              visit.writing();
              writeFrom(body, next);
            });
        return;
      }
    }
    endWith(body.slice(from, body.length()));
  }

  private void endWith(Buffer rest) {
    visit.quiet();
    response.end(rest);
    if (closeAfterwards) {
      request.connection().close();
    }
  }
}
