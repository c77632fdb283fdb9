package io.snakepit.it;

import io.snakepit.testing.LoopbackCluster;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A member of a Vert.x cluster in a JVM of its own that only sends. It needs nothing of Snakepit on
 * its class path, and must not use any: a test runs it without.
 *
 * <p>Each line of its standard input is a message, {@code
 * {"to","body","args"?,"digits"?,"depth"?,"timeoutMs"?,"send"?}}, in whose body {@code args} is put
 * as a Buffer, or arguments with a number of so many digits, or so many levels. Each line it prints
 * is an answer: {@code {"reply"}}, with {@code {"result"}} as read from a Buffer if {@code args}
 * was given, or {@code {"failure"}}; or {@code {"told"}}, a message that has come to {@value
 * #REPLY_TO}.
 */
public final class PlainMember {
  /** The address of its own at which it listens. */
  static final String REPLY_TO = "test.member";

  private static final String OURS = "io.snakepit.api.SnakepitException";

  private PlainMember() {}

  /**
   * Joins the cluster and sends until its input ends.
   *
   * @param args a free port, and the port of the cluster's first member
   */
  public static void main(String[] args) throws Exception {
    if (knowsUs()) {
      throw new IllegalStateException("Snakepit is on the class path of this JVM");
    }
    run(args, REPLY_TO, PlainMember::describe);
  }

  private static boolean knowsUs() {
    try {
      Class.forName(OURS);
      return true;
    } catch (ClassNotFoundException right) {
      return false;
    }
  }

  private static JsonObject describe(Throwable failure) {
    ReplyException reply = (ReplyException) failure;
    return new JsonObject()
        .put("class", failure.getClass().getName())
        .put("type", reply.failureType().name())
        .put("code", reply.failureCode())
        .put("message", failure.getMessage());
  }

  /** Runs a member that listens at an address of its own: two at one would share what comes. */
  static void run(String[] args, String replyTo, Function<Throwable, JsonObject> describe)
      throws Exception {
    Vertx vertx = LoopbackCluster.join(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    vertx
        .eventBus()
        .<JsonObject>consumer(
            replyTo, message -> print(new JsonObject().put("told", readChunk(message.body()))))
        .completion()
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    print(new JsonObject().put("joined", true));
    try (Scanner lines = new Scanner(System.in, "UTF-8")) {
      while (lines.hasNextLine()) {
        send(vertx, new JsonObject(lines.nextLine()), describe);
      }
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    System.exit(0);
  }

  /** Puts the text of a chunk's bytes beside it, as a reader of Buffers sees it. */
  private static JsonObject readChunk(JsonObject told) {
    return told.getValue("chunk") instanceof String
        ? told.copy().put("bytes", told.getBuffer("chunk").toString())
        : told;
  }

  private static void send(
      Vertx vertx, JsonObject order, Function<Throwable, JsonObject> describe) {
    JsonObject body = order.getJsonObject("body");
    boolean raw = order.containsKey("args");
    if (raw) {
      body.put("args", Buffer.buffer(order.getString("args")));
    }
    if (order.containsKey("digits")) {
      body.put(
          "args", new JsonObject().put("n", BigInteger.TEN.pow(order.getInteger("digits") - 1)));
    }
    if (order.containsKey("depth")) {
      body.put("args", nested(order.getInteger("depth")));
    }
    if (order.getBoolean("send", false)) {
      vertx.eventBus().send(order.getString("to"), body);
      return;
    }
    DeliveryOptions delivery =
        new DeliveryOptions().setSendTimeout(order.getLong("timeoutMs", 60_000L));
    vertx
        .eventBus()
        .request(order.getString("to"), body, delivery)
        .map(Message::body)
        .onSuccess(reply -> print(answer(reply, raw)))
        .onFailure(failure -> print(new JsonObject().put("failure", describe.apply(failure))));
  }

  private static JsonObject nested(int depth) {
    JsonObject value = new JsonObject();
    for (int i = 1; i < depth; i++) {
      value = new JsonObject().put("n", value);
    }
    return value;
  }

  private static JsonObject answer(Object reply, boolean raw) {
    JsonObject answer = new JsonObject().put("reply", reply);
    if (raw && reply instanceof JsonObject json && json.containsKey("result")) {
      answer.put("result", json.getBuffer("result").toString());
    }
    return answer;
  }

  private static synchronized void print(JsonObject line) {
    System.out.println(line.encode());
  }
}
