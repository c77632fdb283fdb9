package io.snakepit.http;

import io.snakepit.api.Shown;
import io.snakepit.config.Authority;
import io.snakepit.config.WebOrigin;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Web pages that may call, as {@code Origin} tells: those of the host that they call, and those
 * that {@code http.cors.allowedOrigins} names. Browsers send the header with whatever could have an
 * effect, forms and requests without a preflight included; other clients send none, and are
 * nobody's page.
 *
 * <p>What an answer tells browsers about it (CORS) is told here, too.
 */
final class AllowedOrigins {
  static final String KEY = "http.cors.allowedOrigins";

  private final Set<WebOrigin> allowed = new HashSet<>();

  /**
   * @param configured {@code http.cors.allowedOrigins}
   */
  AllowedOrigins(Collection<String> configured) {
    for (String each : configured) {
      WebOrigin origin = WebOrigin.parse(each);
      if (origin == null) {
        throw new IllegalArgumentException(KEY + " must hold scheme://host[:port]: got " + each);
      }
      allowed.add(origin);
    }
  }

  /**
   * Returns whether a request may go on, and tells its answer, whatever that will be, whose pages
   * may read it.
   */
  boolean admits(HttpServerRequest request) {
    MultiMap answer = request.response().headers();
    if (!allowed.isEmpty()) {
      answer.add(Headers.VARY, Headers.ORIGIN);
    }
    MultiMap headers = request.headers();
    String sent = headers.get(Headers.ORIGIN);
    if (sent == null) {
      return true;
    }
    WebOrigin origin = headers.getAll(Headers.ORIGIN).size() == 1 ? WebOrigin.parse(sent) : null;
    if (origin == null) {
      return false;
    }
    if (allowed.contains(origin)) {
      answer.set(Headers.ALLOW_ORIGIN, sent).set(Headers.EXPOSE_HEADERS, Headers.EXPOSED);
      return true;
    }
    return isOfCalledHost(origin, headers.getAll(Headers.HOST));
  }

  private static boolean isOfCalledHost(WebOrigin origin, List<String> hosts) {
    Authority called = hosts.size() == 1 ? Authority.parse(hosts.get(0)) : null;
    return called != null && origin.isOf(called);
  }

  /** Returns why a page is not admitted, and what to do about it. */
  static String explain(@Nullable String origin) {
    return ("header Origin is \"%s\", which is not the host that is called, nor in %s:"
            + " add it there if its pages may call")
        .formatted(Shown.of(String.valueOf(origin)), KEY);
  }

  /** Returns whether a browser asks what a page may send, before it sends it. */
  boolean isPreflight(HttpServerRequest request) {
    return !allowed.isEmpty()
        && request.method().equals(HttpMethod.OPTIONS)
        && request.headers().contains(Headers.ORIGIN)
        && request.headers().contains(Headers.REQUEST_METHOD)
        && request.response().headers().contains(Headers.ALLOW_ORIGIN);
  }

  /** Tells a browser what a page may send. */
  static void describe(HttpServerRequest request) {
    MultiMap answer = request.response().headers();
    answer
        .set(Headers.VARY, Headers.VARY_OF_PREFLIGHT)
        .set(Headers.ALLOW_METHODS, Headers.METHODS)
        .set(Headers.ALLOW_HEADERS, Headers.TAKEN)
        .set(Headers.MAX_AGE, Headers.TEN_MINUTES);
    if (request.headers().contains(Headers.REQUEST_PRIVATE_NETWORK)) {
      answer.set(Headers.ALLOW_PRIVATE_NETWORK, Headers.TRUE);
    }
  }
}
