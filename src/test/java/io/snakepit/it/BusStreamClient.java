package io.snakepit.it;

import io.snakepit.bus.Addresses;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Streams over the event bus. */
record BusStreamClient(Vertx vertx) implements StreamClient {

  @Override
  public Open open(String tool, JsonObject args, long timeoutMs) {
    String replyTo = "test." + UUID.randomUUID();
    BlockingQueue<JsonObject> told = new LinkedBlockingQueue<>();
    MessageConsumer<JsonObject> consumer =
        vertx.eventBus().consumer(replyTo, message -> told.add(message.body()));
    RunningSnakepit.await(consumer.completion());
    JsonObject body = new JsonObject().put("tool", tool).put("args", args).put("replyTo", replyTo);
    if (timeoutMs > 0) {
      body.put("timeoutMs", timeoutMs);
    }
    JsonObject reply =
        RunningSnakepit.await(
            vertx.eventBus().<JsonObject>request(Addresses.STREAM, body).map(Message::body));
    String stream = reply.getString("stream");
    String control = reply.getString("control");
    return new Open() {
      private long seen;

      @Override
      public Told next() throws Exception {
        vertx.eventBus().send(control, new JsonObject().put("stream", stream).put("credit", 1));
        JsonObject next = told.poll(60, TimeUnit.SECONDS);
        if (next == null || !stream.equals(next.getString("stream"))) {
          throw new AssertionError("instead of a word of this stream: " + next);
        }
        if (next.containsKey("error")) {
          return Told.error(next.getJsonObject("error"));
        }
        if (next.containsKey("end")) {
          return Told.end(next.getJsonObject("end"));
        }
        if (next.getLong("seq") != ++seen) {
          throw new AssertionError("number " + seen + " should come: " + next);
        }
        return Told.chunk(Json.encode(next.getValue("chunk")));
      }

      @Override
      public void cancel() {
        vertx.eventBus().send(control, new JsonObject().put("stream", stream).put("cancel", true));
      }

      @Override
      public void close() {
        cancel();
        consumer.unregister();
      }
    };
  }
}
