package io.snakepit.docs;

import io.snakepit.Pool;
import io.snakepit.Snakepit;
import io.snakepit.SnakepitVerticle;
import io.snakepit.api.Call;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.PythonError;
import io.snakepit.api.Result;
import io.snakepit.api.SnakepitException;
import io.snakepit.config.SnakepitOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;

/**
 * The Java code of the documentation, word for word: {@link DocumentationTest} holds each block of
 * it against this file, which the compiler checks.
 */
@SuppressWarnings("unused")
final class EmbeddingExamples {
  private EmbeddingExamples() {}

  static void readme(Vertx vertx) throws IOException {
    Snakepit.create(vertx, SnakepitOptions.load(Path.of("conf/snakepit.yaml")))
        .start()
        .compose(snakepit -> snakepit.execute(Call.of("add").with("a", 1).with("b", 2)))
        .onSuccess(result -> System.out.println(result.json()))
        .onFailure(error -> System.err.println(error.getMessage()));
  }

  static void start() throws IOException {
    Vertx vertx = Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
    SnakepitOptions options = SnakepitOptions.load(Path.of("conf/snakepit.yaml"));

    Future<Object> sum =
        Snakepit.create(vertx, options)
            .start()
            .compose(snakepit -> snakepit.execute(Call.of("add").with("a", 1).with("b", 2)))
            .map(Result::json);
  }

  static void call(Buffer image) {
    Call call =
        Call.of("bytes_echo")
            .pool("default")
            .session("user-7")
            .timeout(Duration.ofSeconds(5))
            .id("order-4711")
            .body(image, "image/png");
  }

  static void fail(Snakepit snakepit) {
    snakepit
        .execute(Call.of("fail").with("message", "no such model"))
        .onFailure(
            failure -> {
              SnakepitException error = (SnakepitException) failure;
              ErrorCode code = error.code(); // PYTHON_EXCEPTION
              PythonError python = error.python(); // type, message, traceback
            });
  }

  static void hostTool(Snakepit snakepit, Map<String, String> database) {
    snakepit.tool("lookup", args -> Future.succeededFuture(database.get(args.getString("key"))));
  }

  static void orders(Snakepit snakepit) {
    Pool pool = snakepit.pool("default");
    pool.resize(8)
        .compose(resized -> pool.roll())
        .onSuccess(info -> System.out.println(info.state() + " " + info.roll()));
  }

  static void verticle(Vertx vertx, SnakepitOptions options) {
    vertx
        .deployVerticle(new SnakepitVerticle(options))
        .compose(
            id ->
                vertx
                    .eventBus()
                    .<JsonObject>request(
                        "snakepit.execute",
                        new JsonObject()
                            .put("tool", "add")
                            .put("args", new JsonObject().put("a", 1).put("b", 2))))
        .map(reply -> reply.body().getValue("result"));
  }

  static void failOverTheBus(EventBus bus, JsonObject call) {
    bus.<JsonObject>request("snakepit.execute", call)
        .onFailure(
            failure -> {
              SnakepitException error = SnakepitException.from(failure);
              ErrorCode code = error.code();
            });
  }

  static void outOfMemory(Snakepit snakepit, Logger log) {
    snakepit.onOutOfMemory(error -> log.error("Snakepit has ended its pools", error));
    snakepit.exitOnOutOfMemory(true); // or let the whole JVM end at once, with exit code 3
  }

  static void verticleByName(Vertx vertx) {
    JsonObject config =
        new JsonObject()
            .put("configFile", "conf/snakepit.yaml")
            .put("http", new JsonObject().put("port", 8081));
    vertx.deployVerticle("io.snakepit.SnakepitVerticle", new DeploymentOptions().setConfig(config));
  }

  static void listen(Vertx vertx) {
    List<JsonObject> seen = new CopyOnWriteArrayList<>();
    vertx.eventBus().<JsonObject>consumer("snakepit.events", event -> seen.add(event.body()));
  }

  static void stream(Snakepit snakepit) {
    ChunkStream chunks = snakepit.stream(Call.of("count").with("n", 1_000));
    chunks
        .handler(chunk -> System.out.println(chunk.json()))
        .exceptionHandler(error -> System.err.println(error.getMessage()))
        .endHandler(end -> System.out.println("done"));
  }

  static void streamOverTheBus(Vertx vertx, List<JsonObject> seen) {
    EventBus bus = vertx.eventBus();
    bus.<JsonObject>consumer(
        "my.chunks",
        message -> {
          JsonObject told = message.body(); // {"stream","seq","chunk"}, last with "end" or "error"
          seen.add(told);
        });
    JsonObject wish =
        new JsonObject()
            .put("tool", "count")
            .put("args", new JsonObject().put("n", 10))
            .put("replyTo", "my.chunks");
    bus.<JsonObject>request("snakepit.stream", wish)
        .map(Message::body) // {"stream","control"}
        .onSuccess(
            opened ->
                bus.send(
                    opened.getString("control"),
                    new JsonObject().put("stream", opened.getString("stream")).put("credit", 10)));
  }

  static void upload(Vertx vertx, Snakepit snakepit) {
    Future<Result> size =
        vertx
            .fileSystem()
            .open("video.mp4", new OpenOptions().setRead(true))
            .compose(
                file -> snakepit.execute(Call.of("upload_size").upload(file.pause(), "video/mp4")));
  }

  static void killAWorker(Vertx vertx, Snakepit snakepit) {
    Future<Object> survived =
        vertx
            .eventBus()
            .<JsonArray>request("snakepit.workers", new JsonObject())
            .map(workers -> workers.body().getJsonObject(0).getLong("pid"))
            .map(pid -> ProcessHandle.of(pid).orElseThrow().destroyForcibly())
            .compose(killed -> snakepit.execute(Call.of("add").with("a", 1).with("b", 2)))
            .map(Result::json);
  }
}
