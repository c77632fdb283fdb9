package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class HostToolsTest {
  private final HostTools tools = new HostTools();

  @Test
  void callsTheToolOfThatNameWithItsArguments() {
    tools.add("lookup", args -> Future.succeededFuture(args.getString("key") + "!"));
    Object answer = tools.call("lookup", new JsonObject().put("key", "k")).await();
    assertThat(answer).isEqualTo("k!");
  }

  @Test
  void theToolGivenLastCounts() {
    tools.add("lookup", args -> Future.succeededFuture(1));
    tools.add("lookup", args -> Future.succeededFuture(2));
    Object answer = tools.call("lookup", new JsonObject()).await();
    assertThat(answer).isEqualTo(2);
  }

  @Test
  void anUnknownToolFailsAndNamesThoseThereAre() {
    tools.add("lookup", args -> Future.succeededFuture());
    assertThatThrownBy(() -> tools.call("nope", new JsonObject()).await())
        .isInstanceOfSatisfying(
            SnakepitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOOL_NOT_FOUND))
        .hasMessage("the host offers no tool \"nope\": it has [lookup]");
  }

  @Test
  void aToolThatThrowsFails() {
    tools.add(
        "broken",
        args -> {
          throw new IllegalStateException("broken");
        });
    assertThatThrownBy(() -> tools.call("broken", new JsonObject()).await())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
  }
}
