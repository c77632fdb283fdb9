package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.Faults;
import io.snakepit.api.Result;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one call: its result as one body, or its error. A client that goes before that
 * cancels the call. Streams are answered by {@link StreamAnswer}.
 */
final class CallAnswer implements Exchange.Abortable, Completable<Result> {
  private static final String BEFORE = "{\"result\":";

  private final Exchange exchange;
  private final Shape shape;

  /** A way in which a result becomes a body. */
  enum Shape {
    /** The result's own bytes and type, as the tool made them. */
    PLAIN,
    /** The JSON {@code {"result","worker","durationMs"}}, with the bytes as Python wrote them. */
    ENVELOPE
  }

  private CallAnswer(Exchange exchange, Shape shape) {
    this.exchange = exchange;
    this.shape = shape;
  }

  /**
   * Runs a call and answers with what becomes of it.
   *
   * @param call with an id
   */
  static void begin(Exchange exchange, CallExecutor executor, Call call, Shape shape) {
    exchange.beginCall(call);
    CallAnswer answer = new CallAnswer(exchange, shape);
    exchange.abortBy(answer);
    Future<Result> outcome = executor.execute(call);
    boolean chosen = exchange.header(Headers.CALL_ID) != null;
    CallIds ids = exchange.scope().callIds();
    exchange.client().awaits(CancelOnDisconnect.byId(executor, ids, call.id(), chosen));
    outcome.onComplete(answer);
  }

  @Override
  public void complete(Result result, @Nullable Throwable failure) {
    // Before the answer: with its last byte the connection's next request begins.
    exchange.client().served();
    if (failure != null) {
      exchange.fail(failure);
    } else {
      answerWith(result);
    }
  }

  @Override
  public void abort(Throwable why) {
    // In this order: the cancelled call's own answer could come at once.
    exchange.fail(why);
    exchange.client().cancelCall();
  }

  private void answerWith(Result result) {
    if (exchange.isOver()) {
      exchange.hold().release();
      return;
    }
    HttpServerResponse response = exchange.request().response();
    try {
      response
          .headers()
          .add(Headers.CONTENT_TYPE, type(result))
          .add(Headers.WORKER, result.worker())
          .add(Headers.DURATION_MS, Millis.text(result.duration().toNanos()))
          .add(Headers.CALL_ID, result.call());
      if (shape == Shape.PLAIN) {
        exchange.answer(result.bytes());
      } else if (result.bytes().length() > BodyPieces.OWN_BYTES) {
        exchange.answer(AnswerBody.of(BEFORE, result, rest(result)));
      } else {
        exchange.answer(splice(result));
      }
    } catch (Throwable thrown) {
      exchange.fail(thrown);
      Faults.throwIfFatal(thrown);
    }
  }

  private CharSequence type(Result result) {
    return shape == Shape.ENVELOPE || result.isJson() ? Headers.JSON : result.contentType();
  }

  /** Returns {@code {"result","worker","durationMs"}}, with the result's bytes as they are. */
  static Buffer splice(Result result) {
    Buffer bytes = result.jsonBytes();
    return Buffer.buffer(bytes.length() + 128)
        .appendString(BEFORE)
        .appendBuffer(bytes)
        .appendString(rest(result));
  }

  private static String rest(Result result) {
    return ",\"worker\":"
        + Json.encode(result.worker())
        + ",\"durationMs\":"
        + Millis.text(result.duration().toNanos())
        + "}";
  }
}
