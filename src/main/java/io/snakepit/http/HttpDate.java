package io.snakepit.http;

import io.vertx.core.http.HttpHeaders;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The {@code Date} header of answers (RFC 9110), made once a second, so that no answer needs a
 * clock. On the server's event loop.
 */
final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final Clock clock;
  private CharSequence text;

  HttpDate(Clock clock) {
    this.clock = clock;
    this.text = format();
  }

  /** Returns the header's value now. */
  CharSequence text() {
    return text;
  }

  /** Makes the value anew: a second has passed. */
  void tick() {
    text = format();
  }

  private CharSequence format() {
    return HttpHeaders.createOptimized(FORMAT.format(Instant.now(clock)));
  }
}
