package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.waiting.AnswerHold;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * One request and its one answer. Answering a client that has gone, or answering again, does
 * nothing.
 */
final class Exchange {
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final ServerScope scope;
  private final ClientConnection client;
  private final long started = System.nanoTime();
  private @Nullable String callId;
  private @Nullable Abortable running;
  private @Nullable UploadBody upload;
  private final AnswerHold hold = new AnswerHold();
  private boolean isCall;
  private boolean answered;
  private boolean closeAfterwards;

  /** An answer of a call under way, which can be told that it can't go on. */
  interface Abortable {
    /** Cancels the call and answers with that error. */
    void abort(Throwable why);
  }

  Exchange(HttpServerRequest request, ServerScope scope) {
    this.request = request;
    this.response = request.response();
    this.scope = scope;
    this.client = scope.connections().of(request.connection());
    client.busy();
    // Whatever the answer will be: no browser shall take a result for another type than it has.
    response.headers().add(Headers.CONTENT_TYPE_OPTIONS, Headers.NO_SNIFF);
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

  /** Returns a header's value, or null. */
  @Nullable String header(CharSequence name) {
    return request.getHeader(name);
  }

  /** Returns the connection that the request came on. */
  ClientConnection client() {
    return client;
  }

  /** Returns what this shares with the other exchanges of its server. */
  ServerScope scope() {
    return scope;
  }

  /** Returns who has a large answer counted until the client has taken it. */
  AnswerHold hold() {
    return hold;
  }

  /** Notes that the body passes as it comes: what is not wanted any more is to be dropped. */
  void uploads(UploadBody body) {
    upload = body;
  }

  /** Asks for the body, which is about to be read, if the client waits to be asked. */
  void askForBody() {
    if (!answered && BodyReader.expectsContinue(request)) {
      response.writeContinue();
    }
  }

  /**
   * Returns the one id of call and error: the client's if that is fit to be one, else a new one.
   */
  String callId() {
    String known = callId;
    if (known == null) {
      String chosen = CallHeaders.chosenId(request);
      known = chosen == null ? scope.callIds().next() : chosen;
      callId = known;
    }
    return known;
  }

  /** Makes the answer the connection's last. */
  void closeAfterwards() {
    closeAfterwards = true;
  }

  /** Notes that this request is a call, which has an id. */
  void beginCall(Call call) {
    isCall = true;
    callId = call.id();
  }

  /** Notes who makes the answer, and ends it if it can't be made. */
  void abortBy(Abortable answer) {
    running = answer;
  }

  /** Answers with an error that is the client's fault; a call that runs is cancelled. */
  void abort(Throwable why) {
    Abortable answer = running;
    if (answer != null) {
      answer.abort(why);
    } else {
      fail(why);
    }
  }

  /** Returns whether there is nothing to answer any more: it is done, or the client has gone. */
  boolean isOver() {
    return answered || response.closed();
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
        .set(Headers.DATE, scope.date().text());
    // In HTTP/1.0 there are no chunks: the body ends with the connection.
    closeAfterwards |= request.version() == HttpVersion.HTTP_1_0 || scope.connections().isClosing();
    if (closeAfterwards) {
      headers.set(Headers.CONNECTION, Headers.CLOSE);
    }
  }

  /** Writes the last piece of such an answer. */
  void endStream(Buffer last) {
    hold.release();
    client.served();
    client.quiet();
    if (response.closed()) {
      return;
    }
    response.end(last);
    if (closeAfterwards || scope.connections().isClosing()) {
      request.connection().close();
    } else if (UnreadBody.isLeft(request)) {
      letGoOfUpload();
      UnreadBody.dropAndClose(request, scope.vertx());
    }
  }

  /** Answers with JSON. */
  void json(int status, Buffer body) {
    if (isOver()) {
      return;
    }
    response.setStatusCode(status).headers().add(Headers.CONTENT_TYPE, Headers.JSON);
    answer(body);
  }

  /** Answers without a body: 204, with the methods that the path knows. */
  void allow(String methods) {
    response.headers().set(Headers.ALLOW, methods);
    noContent();
  }

  /** Answers without a body: 204. */
  void noContent() {
    if (!isOver()) {
      response.setStatusCode(204);
      answer(Buffer.buffer());
    }
  }

  /** Answers 405 with the methods that the path knows. */
  void refuseMethod(String allowed) {
    response.headers().set(Headers.ALLOW, allowed);
    fail(
        new SnakepitException(
            ErrorCode.METHOD_NOT_ALLOWED,
            "%s is not for %s: allowed are %s"
                .formatted(Shown.of(path()), Shown.of(method().name()), allowed)));
  }

  /** Answers 401 to a client without a key. */
  void refuseStranger(String challenge, String reason) {
    response.headers().set(Headers.WWW_AUTHENTICATE, challenge);
    fail(new SnakepitException(ErrorCode.UNAUTHENTICATED, reason));
  }

  /** Answers with a problem. */
  void fail(Throwable failure) {
    if (isOver()) {
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

  /** Answers with a body; status and headers are set, but those of the connection. */
  void answer(Buffer body) {
    if (body.length() > BodyWriter.PIECE_BYTES) {
      answer(AnswerBody.of(body));
    } else {
      answer(() -> end(body));
    }
  }

  /** Answers with a large body, as {@link #answer(Buffer)} does. */
  void answer(AnswerBody body) {
    answer(() -> end(body));
  }

  private void answer(Runnable ender) {
    answered = true;
    letGoOfUpload();
    if (hold.isHolding()) {
      client.whenGone(hold::release);
    }
    if (closeAfterwards || !UnreadBody.isLeft(request)) {
      ender.run();
    } else if (UnreadBody.isShort(request)) {
      UnreadBody.drop(request, client, ender);
    } else {
      // The client learns of the refusal while it still sends.
      response.headers().set(Headers.CONNECTION, Headers.CLOSE);
      UnreadBody.dropAndClose(request, scope.vertx());
      ender.run();
    }
  }

  private void letGoOfUpload() {
    UploadBody passing = upload;
    if (passing != null) {
      passing.letGo();
    }
  }

  private void end(Buffer body) {
    completeHead();
    if (method().equals(HttpMethod.HEAD)) {
      response.headers().set(Headers.CONTENT_LENGTH, Integer.toString(body.length()));
      endWith(Buffer.buffer());
    } else {
      endWith(body);
    }
  }

  private void end(AnswerBody body) {
    completeHead();
    response.headers().set(Headers.CONTENT_LENGTH, Long.toString(body.length()));
    if (method().equals(HttpMethod.HEAD)) {
      endWith(Buffer.buffer());
      return;
    }
    new BodyWriter(response, client, body, this::endWith).write();
  }

  private void completeHead() {
    response.headers().add(Headers.DATE, scope.date().text());
    if (closeAfterwards || scope.connections().isClosing()) {
      closeAfterwards = true;
      response.headers().set(Headers.CONNECTION, Headers.CLOSE);
    }
  }

  private void endWith(Buffer rest) {
    if (hold.isHolding()) {
      client.writing();
      response
          .end(rest)
          .onComplete(
              taken -> {
                hold.release();
                client.taken();
              });
    } else {
      client.quiet();
      response.end(rest);
    }
    if (closeAfterwards) {
      request.connection().close();
    }
  }
}
