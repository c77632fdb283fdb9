package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Meaning of the type of a tool call's body. */
final class ContentTypes {
  /** The type by which a call says that its body is JSON. */
  static final String IS_JSON = "";

  private static final String FORM = "application/x-www-form-urlencoded";

  private ContentTypes() {}

  /**
   * Returns the type to pass on: {@link #IS_JSON} for JSON, with or without parameters, or where
   * there is no type; any other as it stands.
   *
   * @throws SnakepitException {@code INVALID_REQUEST} for JSON in another charset than UTF-8, and
   *     for a form, which is what curl makes of {@code -d} where it is told no type
   */
  static String read(@Nullable String header) {
    if (header == null || header.isEmpty() || header.equals(Call.JSON)) {
      return IS_JSON;
    }
    String type = typeOf(header);
    if (type.equalsIgnoreCase(Call.JSON)) {
      checkCharset(header);
      return IS_JSON;
    }
    if (type.equalsIgnoreCase(FORM)) {
      throw Problem.invalid(
          "header Content-Type is %s, which no tool takes: send -H 'content-type: application/json'"
              .formatted(FORM));
    }
    return header;
  }

  /**
   * Returns the type to pass on with an empty body: nothing at all is no arguments, and so is
   * nothing in JSON, or in the form that curl and browsers make of nothing; in any other type it is
   * no bytes, such as an empty file.
   */
  static String ofNothing(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return IS_JSON;
    }
    String type = typeOf(header);
    return type.equalsIgnoreCase(Call.JSON) || type.equalsIgnoreCase(FORM) ? IS_JSON : header;
  }

  /**
   * Returns whether a request says that its body is JSON; one that doesn't has its answer. Without
   * a body it need say nothing, but nothing else.
   *
   * <p>A page of another site can have a browser send any other type, and none, without asking
   * first.
   *
   * @param mayBeEmpty whether the request makes sense without a body
   */
  static boolean isJson(Exchange exchange, boolean mayBeEmpty) {
    String header = Objects.requireNonNullElse(exchange.header(Headers.CONTENT_TYPE), "");
    boolean fits =
        header.isEmpty() ? mayBeEmpty && !BodyReader.hasBody(exchange.request()) : isJson(header);
    if (fits) {
      return true;
    }
    String got = header.isEmpty() ? "none" : "\"" + Shown.of(header) + "\"";
    exchange.fail(
        new SnakepitException(
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            "header Content-Type must be application/json: got " + got));
    return false;
  }

  private static boolean isJson(String header) {
    return header.equals(Call.JSON)
        || (typeOf(header).equalsIgnoreCase(Call.JSON) && read(header).equals(IS_JSON));
  }

  private static String typeOf(String header) {
    int semicolon = header.indexOf(';');
    return (semicolon < 0 ? header : header.substring(0, semicolon)).trim();
  }

  private static void checkCharset(String header) {
    String lower = header.toLowerCase(Locale.ROOT);
    int charset = lower.indexOf("charset=");
    if (charset >= 0) {
      String name = lower.substring(charset + "charset=".length()).replace("\"", "").trim();
      if (!name.startsWith("utf-8") && !name.startsWith("utf8") && !name.startsWith("us-ascii")) {
        throw Problem.invalid(
            "header Content-Type must have charset=utf-8 or none for JSON: got \"%s\""
                .formatted(Shown.of(header)));
      }
    }
  }
}
