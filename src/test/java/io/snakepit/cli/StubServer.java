package io.snakepit.cli;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server that answers HTTP requests in turn as a test says, and records them. */
final class StubServer implements AutoCloseable {
  /** An answer to give. */
  record Answer(int status, String contentType, Buffer body) {
    static Answer json(int status, String body) {
      return new Answer(status, "application/json", Buffer.buffer(body));
    }

    static Answer stream(String lines) {
      return new Answer(200, "application/x-ndjson", Buffer.buffer(lines));
    }

    static Answer problem(int status, String body) {
      return new Answer(status, "application/problem+json", Buffer.buffer(body));
    }
  }

  /** A request that has come. */
  record Asked(String what, MultiMap headers, String body) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Queue<Answer> answers = new ArrayDeque<>();
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private volatile Consumer<HttpServerResponse> rest;

  StubServer(Answer... answers) {
    this.answers.addAll(List.of(answers));
    HttpServer listening = vertx.createHttpServer().requestHandler(this::handle);
    server = await(listening.listen(0, "127.0.0.1"));
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** The last answer is only begun; what is told then is up to the test. */
  void thenLast(Consumer<HttpServerResponse> continuation) {
    rest = continuation;
  }

  private void handle(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              asked.add(
                  new Asked(
                      request.method() + " " + request.uri(), request.headers(), body.toString()));
              Answer answer = answers.remove();
              if (answer.status() == 0) {
                request.connection().close();
                return;
              }
              HttpServerResponse response =
                  request
                      .response()
                      .setStatusCode(answer.status())
                      .putHeader("Content-Type", answer.contentType())
                      .putHeader("Snakepit-Call-Id", "call-1");
              if (answers.isEmpty() && rest != null) {
                response.setChunked(true).write(answer.body());
                rest.accept(response);
              } else {
                response.end(answer.body());
              }
            });
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
