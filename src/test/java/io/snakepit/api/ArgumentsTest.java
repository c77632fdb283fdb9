package io.snakepit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arguments of callers cost about what they weigh, and weigh what they have bytes. */
class ArgumentsTest {

  static Stream<Object> values() {
    return Stream.of(
        "plain",
        "\u0000\u0001\u001f\b\t\n\f\r",
        "\"quoted\" \\ and / and \u007f",
        "\u00e9\u07ff\u0800\uffff",
        "\ud83d\ude00",
        'x',
        0,
        9,
        10,
        -1,
        123_456,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        (short) -300,
        (byte) 7,
        0.1,
        -2.2250738585072014E-308,
        1e300,
        3.5f,
        new BigDecimal("1234567890.123456789E-40"),
        BigInteger.TEN.pow(4_000),
        true,
        false,
        DayOfWeek.WEDNESDAY,
        Instant.EPOCH,
        Instant.ofEpochSecond(1, 123_456_789),
        Buffer.buffer("a"),
        new byte[] {1, 2},
        new byte[3],
        new byte[100],
        new JsonObject(),
        new JsonObject().put("a", 1).put("\n\u00e9\ud83d\ude00", null),
        new JsonArray(),
        new JsonArray().add(1),
        new JsonArray().add(1).add("two").addNull().add(new JsonArray().add(3.5)),
        Map.of("deep", List.of(Map.of("deeper", List.of()))));
  }

  /** Fails where a call counts for more, or less, than it has: of small ones nothing is counted. */
  @ParameterizedTest
  @MethodSource("values")
  void weighAsMuchAsTheyHaveBytes(Object value) {
    Call call = Call.of("echo").with("a", value).with("b", value);
    assertThat(call.weight()).isEqualTo(call.body().length());
  }

  @Test
  void weighAsMuchAsTheyHaveBytesWithoutAny() {
    Call call = Call.of("echo").args(new JsonObject());
    assertThat(call.weight()).isEqualTo(call.body().length());
  }

  /** Fails where each value costs as much as the names that lead to it. */
  @Test
  void costNoMoreMemoryThanTheirSizeHoweverLongTheirNames() {
    JsonArray many = new JsonArray(Collections.nCopies(1_000, 7));
    JsonObject arguments = new JsonObject().put("k".repeat(1_000_000), many);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    Call.of("echo").args(new JsonObject().put("classes are loaded", many));

    long before = threads.getThreadAllocatedBytes(thread);
    Call call = Call.of("echo").args(arguments);
    long allocated = threads.getThreadAllocatedBytes(thread) - before;

    assertThat(call.isUnwritten()).isTrue();
    assertThat(allocated).isLessThan(1_000_000);
  }

  @Test
  void tellTheWholePlaceOfWhatIsWrong() {
    JsonObject arguments =
        new JsonObject()
            .put("rows", new JsonArray().add(1).add(new JsonObject().put("x", Double.NaN)));
    assertThatThrownBy(() -> Call.of("echo").args(arguments))
        .hasMessage("args.rows[1].x must be a number that JSON can express: got NaN");
    assertThatThrownBy(() -> Call.of("echo").with("rows", Arrays.asList(1, new Object())))
        .hasMessageStartingWith("args.rows[1] must be a value that JSON can express");
  }

  @ParameterizedTest
  @MethodSource("values")
  void areOverALimitFromOneByteMoreOn(Object value) {
    Call call = Call.of("echo").with("a", value).with("b", List.of(value));
    int length = call.body().length();
    assertThat(call.isOver(length)).isFalse();
    for (int less = 1; less < length; less += 7) {
      assertThat(call.isOver(length - less)).as("%d of %d", length - less, length).isTrue();
    }
  }

  /** Fails where an event loop that only wants to know whether a value is large looks at it all. */
  @Test
  void areLookedAtNoFurtherThanTheLimit() {
    AtomicInteger looks = new AtomicInteger();
    List<Object> endless =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            looks.incrementAndGet();
            return "";
          }

          @Override
          public int size() {
            return Integer.MAX_VALUE;
          }
        };
    assertThat(JsonLength.isOver(100, endless)).isTrue();
    assertThat(looks.get()).isLessThan(100);
    assertThat(JsonLength.isOver(100, Map.of("a", "x".repeat(100)))).isTrue();
    assertThat(JsonLength.isOver(100, null)).isFalse();
  }
}
