package io.snakepit.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.api.waiting.WaitingBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** Payloads of calls: a new one takes the place of all that was there before. */
class PayloadTest {
  private static final Buffer BODY = Buffer.buffer("body");

  private static WaitingBody counted() {
    return new WaitingBody(BODY, requireNonNull(ByteBudget.unlimited().open("limit").take(4)));
  }

  /** Fails if each copy of a call has its arguments written anew. */
  @Test
  void callsThatShareItsArgumentsShareTheirBytes() {
    Call call = Call.of("add").with("a", 1);
    Buffer written = call.body();
    assertThat(call.id("i").pool("ml").body()).isSameAs(written);
    assertThat(call.with("b", 2).body()).hasToString("{\"a\":1,\"b\":2}");
  }

  @Test
  void argumentsAreWrittenAnewWithoutBeingRemembered() {
    Payload payload = Payload.of(new JsonObject().put("a", 1));
    assertThat(payload.isUnwritten()).isTrue();
    Buffer anew = payload.writtenAnew();
    assertThat(payload.bytes()).isEqualTo(anew).isNotSameAs(anew).isSameAs(payload.bytes());
  }

  @Test
  void aBodyIsWeighedAsItIs() {
    Payload payload = Payload.of(BODY, "text/plain");
    assertThat(payload.weight()).isEqualTo(4);
    assertThat(payload.isUnwritten()).isFalse();
    assertThat(payload.bytes()).isSameAs(BODY).isSameAs(payload.writtenAnew());
  }

  @Test
  void aCountedBodyIsHereUntilItIsLetGoOf() {
    WaitingBody counted = counted();
    Payload payload = Payload.of(counted, "");
    assertThat(payload.isHere()).isTrue();
    assertThat(payload.bytes()).isSameAs(BODY);
    counted.close();
    assertThat(payload.isHere()).isFalse();
    assertThat(payload.bytes().length()).isZero();
    assertThat(payload.weight()).isEqualTo(4);
  }

  @Test
  void aBodyWithoutRoomIsLetGoOf() {
    Call call = Call.of("add").id("i").body(BODY, "text/plain").overBudget("no room");
    assertThat(call.overBudget()).isEqualTo("no room");
    assertThat(call.body().length()).isZero();
    assertThat(call.id()).isEqualTo("i");
    assertThat(call.body(BODY).overBudget()).isEmpty();
  }

  @Test
  void eachOfItsKindsTakesThePlaceOfTheOthers() {
    WaitingBody counted = counted();
    Call call = Call.of("add").with("a", 1);
    assertThat(call.body(counted, "").isUnwritten()).isFalse();
    assertThat(call.body(counted, "").with("b", 2).waiting()).isNull();
    assertThat(call.body(counted, "").with("b", 2).body()).hasToString("{\"b\":2}");
    assertThat(call.body(counted, "").body(BODY).waiting()).isNull();
  }
}
