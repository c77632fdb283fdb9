package io.snakepit.http;

import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats in which a stream can be written, as its client wants. */
enum StreamFormat {
  /** One JSON value a line; the last is {@code {"$end":…}} or {@code {"$error":…}}. */
  NDJSON("application/x-ndjson", "", "\n", "{\"$end\":", "{\"$error\":", "}\n"),

  /** Server-sent events: {@code chunk}, and in the end {@code end} or {@code error}. */
  SSE(
      "text/event-stream",
      "event: chunk\ndata: ",
      "\n\n",
      "event: end\ndata: ",
      "event: error\ndata: ",
      "\n\n");

  private static final String ANYTHING = "*/*";
  private static final String JSON = "application/json";

  private final String type;
  private final String beforeChunk;
  private final String afterChunk;
  private final String beforeEnd;
  private final String beforeError;
  private final String afterLast;

  StreamFormat(
      String type,
      String beforeChunk,
      String afterChunk,
      String beforeEnd,
      String beforeError,
      String afterLast) {
    this.type = type;
    this.beforeChunk = beforeChunk;
    this.afterChunk = afterChunk;
    this.beforeEnd = beforeEnd;
    this.beforeError = beforeError;
    this.afterLast = afterLast;
  }

  /**
   * Returns what the headers {@code Accept} ask for: the type with the highest {@code q}, of
   * several the first. Any type but the two stands for the plain answer, whose type is the tool's
   * own affair.
   *
   * @return null for the plain answer
   */
  static @Nullable StreamFormat of(Exchange exchange) {
    String first = exchange.header(Headers.ACCEPT);
    // What nearly every client sends; nothing behind it of the same q could win either.
    if (first == null || first.equals(ANYTHING) || first.equals(JSON)) {
      return null;
    }
    return preferred(exchange.request().headers().getAll(Headers.ACCEPT));
  }

  static @Nullable StreamFormat preferred(List<String> headers) {
    StreamFormat best = null;
    double highest = 0;
    for (String header : headers) {
      for (String range : header.split(",", -1)) {
        String[] parts = range.split(";", -1);
        double quality = quality(parts);
        if (quality > highest) {
          highest = quality;
          best = named(parts[0].trim().toLowerCase(Locale.ROOT));
        }
      }
    }
    return best;
  }

  private static @Nullable StreamFormat named(String type) {
    return type.equals(NDJSON.type) ? NDJSON : type.equals(SSE.type) ? SSE : null;
  }

  /** Returns the weight of a range; one that can't be read counts as none given. */
  private static double quality(String[] parts) {
    if (parts.length == 0 || parts[0].isBlank()) {
      return 0;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim();
      if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
        try {
          return Double.parseDouble(parameter.substring(2).trim());
        } catch (NumberFormatException unreadable) {
          return 1;
        }
      }
    }
    return 1;
  }

  /** Returns the content type. */
  String type() {
    return type;
  }

  String beforeChunk() {
    return beforeChunk;
  }

  String afterChunk() {
    return afterChunk;
  }

  void appendEnd(Buffer to, StreamEnd end) {
    to.appendString(beforeEnd).appendString(end.toJson().encode()).appendString(afterLast);
  }

  void appendError(Buffer to, SnakepitException error) {
    to.appendString(beforeError).appendBuffer(Problem.body(error)).appendString(afterLast);
  }
}
