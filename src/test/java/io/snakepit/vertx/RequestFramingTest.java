package io.snakepit.vertx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine by itself; every shape over the wire is in {@code http/SmugglingTest}. */
class RequestFramingTest {
  private static final int MAX_LINE = 100;
  private static final int MAX_HEADERS = 200;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /";
  private static final String CHUNKS =
      String.join(
          "\r\n",
          "POST / HTTP/1.1",
          "Host: a",
          "Transfer-Encoding: chunked",
          "",
          "2;a=\"b\"",
          "\r\n",
          "C",
          "0123456789ab",
          "0",
          "X: y",
          "",
          "");

  private final RequestFraming framing = new RequestFraming(MAX_LINE, MAX_HEADERS);

  private static ByteBuf bytes(String text) {
    // Somewhere within a buffer, as bytes come.
    return Unpooled.copiedBuffer("??" + text, StandardCharsets.ISO_8859_1).skipBytes(2);
  }

  /** Returns how many bytes may pass. */
  private int read(String text) {
    return framing.read(bytes(text)) - 2;
  }

  @Test
  void takesRequestsWhereverTheyAreCut() {
    String all = GET + POST + CHUNKS + "\r\n" + CHUNKS + GET;
    for (int cut = 0; cut <= all.length(); cut++) {
      RequestFraming each = new RequestFraming(MAX_LINE, MAX_HEADERS);
      assertThat(each.read(bytes(all.substring(0, cut)))).isEqualTo(2 + cut);
      assertThat(each.read(bytes(all.substring(cut)))).isEqualTo(2 + all.length() - cut);
      assertThat(each.fault()).as("cut at %d", cut).isNull();
    }
  }

  @Test
  void passesWhatCameBeforeTheFaultyRequest() {
    assertThat(read(GET + POST + "GET / HTTP/1.1\r\nHost : a\r\n\r\n" + GET))
        .isEqualTo(GET.length() + POST.length());
    assertThat(framing.fault()).contains("followed by something else than a colon");
    assertThat(framing.isBodyFault()).isFalse();
  }

  @Test
  void passesNothingOfRequestWhoseBodyIsWrongRightAway() {
    assertThat(read(GET + CHUNKS.replace("C\r\n0", "D\r\n0"))).isEqualTo(GET.length());
    assertThat(framing.fault()).contains("more than its size");
    assertThat(framing.isBodyFault()).isFalse();
  }

  @Test
  void tellsThatBodyIsWrongWhoseHeadHasPassed() {
    int head = CHUNKS.indexOf("2;a");
    assertThat(read(CHUNKS.substring(0, head + 1))).isEqualTo(head + 1);
    assertThat(read(";\r\n")).isZero();
    assertThat(framing.fault()).contains("extension");
    assertThat(framing.isBodyFault()).isTrue();
  }

  @Test
  void tellsThatHeadIsWrongWhoseBeginHasPassed() {
    assertThat(read("GET / HT")).isEqualTo(8);
    assertThat(read("TP/1.1\n")).isZero();
    assertThat(framing.fault()).isNotNull();
    assertThat(framing.isBodyFault()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void takesFirstLinesUpToTheLimit(int over) {
    String line = "GET /" + "x".repeat(MAX_LINE - 16 + over) + " HTTP/1.1\r\n";
    read(line);
    if (line.length() <= MAX_LINE) {
      assertThat(framing.fault()).isNull();
    } else {
      assertThat(framing.fault()).isEqualTo("the request's first line is over 100 bytes");
    }
  }

  @Test
  void takesEmptyLinesBeforeRequestUpToTheLimitOfTheFirst() {
    read("\r\n".repeat(MAX_LINE / 2));
    assertThat(framing.fault()).isNull();
    read("\r");
    assertThat(framing.fault()).contains("first line is over");
  }

  @Test
  void takesHeadersUpToTheLimit() {
    String rest = "Host: a\r\nX: \r\n\r\n";
    String fits = "y".repeat(MAX_HEADERS - rest.length());
    read("GET / HTTP/1.1\r\nHost: a\r\nX: " + fits + "\r\n\r\n");
    assertThat(framing.fault()).isNull();
    read("GET / HTTP/1.1\r\nHost: a\r\nX: " + fits + "y\r\n\r\n");
    assertThat(framing.fault()).isEqualTo("the request's headers are over 200 bytes");
  }

  @Test
  void boundsTrailersAndExtensions() {
    String head = CHUNKS.substring(0, CHUNKS.indexOf("2;a"));
    read(head + "0;a=" + "b".repeat(MAX_LINE) + "\r\n\r\n");
    assertThat(framing.fault()).contains("the line of a chunk's size is over 100 bytes");
    RequestFraming other = new RequestFraming(MAX_LINE, MAX_HEADERS);
    other.read(bytes(head + "0\r\nX: " + "y".repeat(MAX_HEADERS) + "\r\n\r\n"));
    assertThat(other.fault()).contains("the trailer is over 200 bytes");
  }

  @Test
  void repeatsNoMoreThanTheStartOfWhatWasSent() {
    read("GET / HTTP/1.1\r\nTransfer-Encoding: " + "x".repeat(150) + "\r\n\r\n");
    assertThat(framing.fault()).contains("xxx…\"").hasSizeLessThan(200);
  }

  /** Fails if the log could be made to move a terminal's cursor. */
  @Test
  void repeatsNoControlCharacter() {
    read("GET / HTTP/1.1\r\nTransfer-Encoding: a\u009b31m\tb\r\n\r\n");
    assertThat(framing.fault()).endsWith("\"a?31m?b\"");
  }
}
