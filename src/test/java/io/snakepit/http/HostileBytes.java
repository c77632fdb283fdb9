package io.snakepit.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Bytes that no well-behaved client sends: of all kinds, drawn from a seed. */
final class HostileBytes {
  private static final String PATH = "/v1/pools/default/tools/echo";
  private static final List<String> LENGTHS =
      List.of(
          "-1",
          "x",
          "",
          "+5",
          "5 5",
          "5,5",
          "0x10",
          "99999999999999999999",
          "5\r\nContent-Length: 7");
  private static final List<String> CHUNKS =
      List.of(
          "zz\r\n",
          "-1\r\nab",
          "5\r\nab\r\n0\r\n\r\n",
          "2\r\nabX",
          "FFFFFFFFFFFFFFFF\r\na",
          "\r\n\r\n",
          "2;ext=\"\0\r\nab\r\n");
  private static final List<String> LINES =
      List.of(
          "GET\r\n\r\n",
          "GET / HTTP/9.9\r\n\r\n",
          "GET  /health/live  HTTP/1.1 x\r\n\r\n",
          "\0\0\0\0",
          "POST " + PATH + " HTTP/1.1\r\nHost\r\n\r\n",
          "POST " + PATH + " HTTP/1.1\r\n folded: x\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "GET /health/live HTTP/1.1\r\nA: \0b\r\n\r\n",
          "GET http://[::1/ HTTP/1.1\r\n\r\n",
          "GET /%zz%00/\u00ff HTTP/1.1\r\n\r\n",
          "CONNECT a:1 HTTP/1.1\r\n\r\n",
          "GET /health/live HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");

  private final Random random;

  HostileBytes(long seed) {
    this.random = new Random(seed);
  }

  /** Returns how a client ends: 0 closes, 1 resets, else it says that it has no more and reads. */
  int ending() {
    return random.nextInt(4);
  }

  byte[] next() {
    return switch (random.nextInt(9)) {
      case 0 -> noise(random.nextInt(3_000));
      case 1 -> text(pick(LINES));
      case 2 -> text(head("Content-Length: " + pick(LENGTHS)) + "{}");
      case 3 -> text(head("Transfer-Encoding: chunked") + pick(CHUNKS));
      case 4 -> text(head("Content-Length: " + (10 + random.nextInt(2_000_000))) + "{\"a\"");
      case 5 -> text(head("X: " + "y".repeat(random.nextInt(40_000))) + "{}");
      case 6 -> text("{\"tool\":\"echo\"}" + head("Content-Length: 2") + "{}");
      case 7 -> join(text(head("Content-Length: 2") + "{}"), noise(random.nextInt(2_000)));
      default -> mutated(text(head("Content-Length: 2", "Accept: text/event-stream") + "{}"));
    };
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String head(String... headers) {
    return Probe.head("POST", PATH, headers) + "\r\n";
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] mutated(byte[] bytes) {
    for (int i = random.nextInt(6); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static byte[] join(byte[] first, byte[] second) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(first);
    joined.writeBytes(second);
    return joined.toByteArray();
  }
}
