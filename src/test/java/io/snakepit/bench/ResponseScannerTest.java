package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ResponseScannerTest {
  private static final String RESPONSE =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-Length: 7\r\n\r\n{\"a\":1}";

  private final ResponseScanner scanner = new ResponseScanner();

  private boolean read(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, ISO_8859_1);
    boolean whole = scanner.read(bytes);
    assertThat(bytes.readableBytes()).isZero();
    return whole;
  }

  @Test
  void findsTheEndOfOneResponseAfterTheOther() {
    assertThat(read(RESPONSE)).isTrue();
    assertThat(read(RESPONSE)).isTrue();
  }

  @Test
  void findsTheEndHoweverTheBytesAreCut() {
    for (int cut = 1; cut < RESPONSE.length(); cut++) {
      assertThat(read(RESPONSE.substring(0, cut))).as("cut at %d", cut).isFalse();
      assertThat(read(RESPONSE.substring(cut))).as("cut at %d", cut).isTrue();
    }
  }

  @Test
  void takesAnEmptyBody() {
    assertThat(read("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).isTrue();
  }

  @Test
  void refusesAnotherStatus() {
    assertThatThrownBy(() -> read("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"))
        .hasMessageContaining("503 No");
  }

  @Test
  void refusesAResponseWithoutLength() {
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\nx: y\r\n\r\n"))
        .hasMessageContaining("no content-length");
  }
}
