package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.SnakepitException;
import java.util.Locale;
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
    int semicolon = header.indexOf(';');
    String type = semicolon < 0 ? header : header.substring(0, semicolon);
    if (type.trim().equalsIgnoreCase(Call.JSON)) {
      checkCharset(header);
      return IS_JSON;
    }
    if (type.trim().equalsIgnoreCase(FORM)) {
      throw Problem.invalid(
          "header Content-Type is %s, which no tool takes: send -H 'content-type: application/json'"
              .formatted(FORM));
    }
    return header;
  }

  private static void checkCharset(String header) {
    String lower = header.toLowerCase(Locale.ROOT);
    int charset = lower.indexOf("charset=");
    if (charset >= 0) {
      String name = lower.substring(charset + "charset=".length()).replace("\"", "").trim();
      if (!name.startsWith("utf-8") && !name.startsWith("utf8") && !name.startsWith("us-ascii")) {
        throw Problem.invalid(
            "header Content-Type must have charset=utf-8 or none for JSON: got \"%s\""
                .formatted(header));
      }
    }
  }
}
