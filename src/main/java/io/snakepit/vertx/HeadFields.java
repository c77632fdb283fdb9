package io.snakepit.vertx;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Framing as the head of one request tells it. Each method returns what is wrong, or null. */
final class HeadFields {
  private static final int MAX_VALUE = 512;
  private static final int MAX_DIGITS = 18;
  private static final int MAX_SHOWN = 100;
  private static final String SEPARATOR = "://";

  private final StringBuilder value = new StringBuilder();
  private final Set<HeadField> seen = EnumSet.noneOf(HeadField.class);
  private long contentLength;
  private String host = "";

  void reset() {
    seen.clear();
    contentLength = 0;
    host = "";
  }

  /** Begins the value of a field that is read. */
  void beginValue() {
    value.setLength(0);
  }

  /** Takes a byte of it. */
  @Nullable String value(byte b) {
    if (value.length() == MAX_VALUE) {
      return "a header that says how to read the request is over " + MAX_VALUE + " bytes";
    }
    value.append((char) (b & 0xff));
    return null;
  }

  /** Takes a field whose line has ended. */
  @Nullable String field(HeadField field) {
    if (!seen.add(field)) {
      return "it has two headers " + field.text();
    }
    return switch (field) {
      case CONTENT_LENGTH -> length(text());
      case TRANSFER_ENCODING -> encoding(text());
      case HOST -> host(text());
      case SEC_WEBSOCKET_KEY1 -> "header Sec-WebSocket-Key1 is of no version that is spoken here";
      default -> null;
    };
  }

  private String text() {
    int end = value.length();
    while (end > 0 && HttpBytes.isBlank((byte) value.charAt(end - 1))) {
      end--;
    }
    return value.substring(0, end);
  }

  private @Nullable String length(String digits) {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= MAX_DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && (digits.length() == 1 || digits.charAt(0) != '0');
    if (!isNumber) {
      return "header Content-Length is not a number of bytes: " + quoted(digits);
    }
    contentLength = Long.parseLong(digits);
    return null;
  }

  private static @Nullable String encoding(String codings) {
    return codings.equalsIgnoreCase("chunked")
        ? null
        : "header Transfer-Encoding is not \"chunked\" alone: " + quoted(codings);
  }

  private @Nullable String host(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > '~' || " \t,/@\\?#\"<>".indexOf(text.charAt(i)) >= 0) {
        return "header Host is no host: " + quoted(text);
      }
    }
    host = text;
    return null;
  }

  /** Shows what was sent: its start, and no byte that a terminal could obey. */
  private static String quoted(String text) {
    StringBuilder shown = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), MAX_SHOWN); i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return shown.append(text.length() > MAX_SHOWN ? "…\"" : "\"").toString();
  }

  /**
   * Looks at the head as a whole.
   *
   * @param target all of it where it doesn't begin with a slash, else empty
   * @param isOld whether it is of HTTP/1.0
   */
  @Nullable String end(String method, String target, boolean isOld) {
    if (has(HeadField.TRANSFER_ENCODING)) {
      if (has(HeadField.CONTENT_LENGTH)) {
        return "it has a Content-Length and a Transfer-Encoding";
      }
      if (isOld) {
        return "there is no Transfer-Encoding in HTTP/1.0";
      }
    }
    if (!isOld && !has(HeadField.HOST)) {
      return "it has no header Host";
    }
    return target.isEmpty() || (target.equals("*") && method.equals("options"))
        ? null
        : absolute(target);
  }

  private @Nullable String absolute(String target) {
    String lower = target.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
      return "its target is neither a path nor a URL";
    }
    int begin = target.indexOf(SEPARATOR) + SEPARATOR.length();
    int end = begin;
    while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return target.substring(begin, end).equalsIgnoreCase(host)
        ? null
        : "its target and its header Host name two hosts";
  }

  private boolean has(HeadField field) {
    return seen.contains(field);
  }

  boolean isChunked() {
    return has(HeadField.TRANSFER_ENCODING);
  }

  long contentLength() {
    return contentLength;
  }
}
