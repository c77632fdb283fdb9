package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The bodies that are sent there and back. */
enum Payloads {
  /** 50 bytes of JSON. */
  ECHO("echo", "application/json"),
  /** 1 MB of JSON: records with texts, whole numbers, decimals and flags. */
  LARGE_JSON("echo", "application/json"),
  /** 1 MB that no JSON has to carry. */
  LARGE_BYTES("bytes_echo", "application/octet-stream"),
  /** 64 MiB of bytes. */
  HUGE_BYTES("bytes_echo", "application/octet-stream");

  static final int LARGE = 1_000_000;
  static final int HUGE = 64 * 1024 * 1024;
  private static final String SMALL = "{\"text\":\"hello, world\",\"n\":12345,\"list\":[1,2,3.5]}";

  private final String tool;
  private final String contentType;

  Payloads(String tool, String contentType) {
    this.tool = tool;
    this.contentType = contentType;
  }

  String tool() {
    return tool;
  }

  String contentType() {
    return contentType;
  }

  /** Returns the name in the printed report. */
  String title() {
    return switch (this) {
      case ECHO -> "50 bytes of JSON";
      case LARGE_JSON -> "1 MB of JSON";
      case LARGE_BYTES -> "1 MB of bytes";
      case HUGE_BYTES -> "64 MiB of bytes";
    };
  }

  /** Makes the bytes, anew on each call. */
  byte[] bytes() {
    return switch (this) {
      case ECHO -> SMALL.getBytes(UTF_8);
      case LARGE_JSON -> records();
      case LARGE_BYTES -> filled(LARGE);
      case HUGE_BYTES -> filled(HUGE);
    };
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return bytes;
  }

  private static byte[] records() {
    StringBuilder json = new StringBuilder("{\"records\":[");
    for (int i = 0; json.length() < LARGE - 100; i++) {
      json.append(i == 0 ? "" : ",")
          .append(
              "{\"id\":%d,\"name\":\"record %d\",\"score\":%d.25,\"ok\":true}".formatted(i, i, i));
    }
    return json.append("]}").toString().getBytes(UTF_8);
  }
}
