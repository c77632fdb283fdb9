package io.snakepit.it;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.SnakepitException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Streams by the Java API, on an event loop of the consumer's, or on the pool's. */
record JavaStreamClient(Snakepit snakepit, Context context) implements StreamClient {

  static JavaStreamClient elsewhere(Vertx vertx, Snakepit snakepit) {
    return new JavaStreamClient(snakepit, vertx.getOrCreateContext());
  }

  static JavaStreamClient inThePool(Snakepit snakepit) {
    return new JavaStreamClient(snakepit, snakepit.poolContext("default"));
  }

  @Override
  public Open open(String tool, JsonObject args, long timeoutMs) throws Exception {
    Call call = Call.of(tool).args(args);
    Call timed = timeoutMs == 0 ? call : call.timeoutMs(timeoutMs);
    BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    CompletableFuture<ChunkStream> opened = new CompletableFuture<>();
    context.runOnContext(
        go -> {
          ChunkStream stream = snakepit.stream(timed).pause();
          stream
              .handler(chunk -> told.add(Told.chunk(chunk.jsonBytes().toString())))
              .exceptionHandler(e -> told.add(Told.error(((SnakepitException) e).toJson())))
              .endHandler(end -> {});
          stream.end().onSuccess(end -> told.add(Told.end(end.toJson())));
          opened.complete(stream);
        });
    ChunkStream stream = opened.get(60, TimeUnit.SECONDS);
    return new Open() {
      @Override
      public Told next() throws Exception {
        stream.fetch(1);
        Told next = told.poll(60, TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError("nothing came for 60 s");
        }
        return next;
      }

      @Override
      public void cancel() {
        stream.cancel();
      }

      @Override
      public void close() {
        stream.cancel();
      }
    };
  }
}
