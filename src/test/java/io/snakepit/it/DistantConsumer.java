package io.snakepit.it;

import io.snakepit.bus.Addresses;
import io.snakepit.testing.LoopbackCluster;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/**
 * A consumer of a stream in a JVM of its own. It prints each message that comes, one a line, and
 * asks for as many chunks as the lines of its standard input say; {@code cancel} cancels.
 */
public final class DistantConsumer {
  private static final String REPLY_TO = "test.distant";

  private DistantConsumer() {}

  /**
   * Joins the cluster and asks for a stream.
   *
   * @param args a free port, the port of the cluster's first member, and the call as JSON
   */
  public static void main(String[] args) throws Exception {
    Vertx vertx = LoopbackCluster.join(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    vertx
        .eventBus()
        .<JsonObject>consumer(REPLY_TO, message -> System.out.println(message.body().encode()))
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    JsonObject reply =
        vertx
            .eventBus()
            .<JsonObject>request(Addresses.STREAM, new JsonObject(args[2]).put("replyTo", REPLY_TO))
            .map(Message::body)
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    System.out.println(reply.encode());
    JsonObject stream = new JsonObject().put("stream", reply.getString("stream"));
    try (java.util.Scanner orders = new java.util.Scanner(System.in, "UTF-8")) {
      while (orders.hasNextLine()) {
        String order = orders.nextLine();
        JsonObject wish =
            order.equals("cancel")
                ? stream.copy().put("cancel", true)
                : stream.copy().put("credit", Integer.parseInt(order));
        vertx.eventBus().send(reply.getString("control"), wish);
      }
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    System.exit(0);
  }
}
