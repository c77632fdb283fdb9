package io.snakepit.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.impl.CodecManager;
import io.vertx.core.eventbus.impl.EventBusImpl;
import io.vertx.core.eventbus.impl.clustered.ClusteredMessage;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fails where another version of Vert.x keeps the bytes of messages elsewhere. */
class BusMessagesTest {
  private final Vertx vertx = Vertx.vertx();
  private final EventBusImpl bus = (EventBusImpl) vertx.eventBus();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  @SuppressWarnings("unchecked")
  void knowsHowManyBytesAMessageOfAnotherMemberHasBeforeTheyAreRead() {
    CodecManager codecs = new CodecManager();
    JsonObject body = new JsonObject().put("text", "x".repeat(100_000));
    Buffer sent =
        new ClusteredMessage<JsonObject, JsonObject>(
                "node",
                "address",
                MultiMap.caseInsensitiveMultiMap(),
                body,
                codecs.lookupCodec(body, null, false),
                true,
                bus)
            .encodeToWire();
    ClusteredMessage<Object, JsonObject> come = new ClusteredMessage<>(bus);
    come.readFromWire(sent.getBuffer(Integer.BYTES, sent.length()), codecs);

    assertThat(BusMessages.unreadBytes(come)).isBetween(100_000, 101_000);
    assertThat(BusMessages.isFromAnotherMember(come)).isTrue();
    assertThat(come.body()).isEqualTo(body);
  }

  @Test
  void aMessageOfThisMemberIsRead() throws Exception {
    CompletableFuture<Message<Object>> come = new CompletableFuture<>();
    vertx.eventBus().consumer("address", come::complete);
    vertx.eventBus().send("address", new JsonObject().put("text", "x".repeat(100_000)));
    assertThat(BusMessages.unreadBytes(come.get(30, TimeUnit.SECONDS))).isZero();
  }
}
