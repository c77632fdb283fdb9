package io.snakepit.http;

import io.vertx.core.http.HttpHeaders;

/** Names and values of headers, made once, so that sending one costs a copy of its bytes. */
final class Headers {
  static final CharSequence SESSION = HttpHeaders.createOptimized("Snakepit-Session");
  static final CharSequence TIMEOUT_MS = HttpHeaders.createOptimized("Snakepit-Timeout-Ms");
  static final CharSequence IDEMPOTENT = HttpHeaders.createOptimized("Snakepit-Idempotent");
  static final CharSequence CALL_ID = HttpHeaders.createOptimized("Snakepit-Call-Id");
  static final CharSequence WORKER = HttpHeaders.createOptimized("Snakepit-Worker");
  static final CharSequence DURATION_MS = HttpHeaders.createOptimized("Snakepit-Duration-Ms");

  static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
  static final CharSequence CONTENT_ENCODING = HttpHeaders.createOptimized("Content-Encoding");
  static final CharSequence CONTENT_LENGTH = HttpHeaders.createOptimized("Content-Length");
  static final CharSequence TRANSFER_ENCODING = HttpHeaders.createOptimized("Transfer-Encoding");
  static final CharSequence EXPECT = HttpHeaders.createOptimized("Expect");
  static final CharSequence ACCEPT = HttpHeaders.createOptimized("Accept");
  static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
  static final CharSequence NO_BUFFERING = HttpHeaders.createOptimized("X-Accel-Buffering");
  static final CharSequence AUTHORIZATION = HttpHeaders.createOptimized("Authorization");
  static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
  static final CharSequence DATE = HttpHeaders.createOptimized("Date");
  static final CharSequence ALLOW = HttpHeaders.createOptimized("Allow");
  static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  static final CharSequence WWW_AUTHENTICATE = HttpHeaders.createOptimized("WWW-Authenticate");

  static final CharSequence HOST = HttpHeaders.createOptimized("Host");
  static final CharSequence ORIGIN = HttpHeaders.createOptimized("Origin");
  static final CharSequence VARY = HttpHeaders.createOptimized("Vary");
  static final CharSequence CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("X-Content-Type-Options");

  static final CharSequence REQUEST_METHOD =
      HttpHeaders.createOptimized("Access-Control-Request-Method");
  static final CharSequence REQUEST_PRIVATE_NETWORK =
      HttpHeaders.createOptimized("Access-Control-Request-Private-Network");
  static final CharSequence ALLOW_ORIGIN =
      HttpHeaders.createOptimized("Access-Control-Allow-Origin");
  static final CharSequence ALLOW_METHODS =
      HttpHeaders.createOptimized("Access-Control-Allow-Methods");
  static final CharSequence ALLOW_HEADERS =
      HttpHeaders.createOptimized("Access-Control-Allow-Headers");
  static final CharSequence ALLOW_PRIVATE_NETWORK =
      HttpHeaders.createOptimized("Access-Control-Allow-Private-Network");
  static final CharSequence EXPOSE_HEADERS =
      HttpHeaders.createOptimized("Access-Control-Expose-Headers");
  static final CharSequence MAX_AGE = HttpHeaders.createOptimized("Access-Control-Max-Age");

  /** All methods that any route takes, for pages of other sites. */
  static final CharSequence METHODS = HttpHeaders.createOptimized("GET, HEAD, POST, PUT, DELETE");

  /** The headers that pages of other sites may send. */
  static final CharSequence TAKEN =
      HttpHeaders.createOptimized(
          "Accept, Authorization, Content-Type, If-Match, Snakepit-Session, Snakepit-Timeout-Ms, "
              + "Snakepit-Idempotent, Snakepit-Call-Id, traceparent, tracestate");

  /** The headers of answers that pages of other sites may read. */
  static final CharSequence EXPOSED =
      HttpHeaders.createOptimized(
          "Allow, ETag, Retry-After, Snakepit-Call-Id, Snakepit-Duration-Ms, Snakepit-Worker, "
              + "WWW-Authenticate");

  static final CharSequence VARY_OF_PREFLIGHT =
      HttpHeaders.createOptimized(
          "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
              + "Access-Control-Request-Private-Network");

  static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
  static final CharSequence TEN_MINUTES = HttpHeaders.createOptimized("600");
  static final CharSequence TRUE = HttpHeaders.createOptimized("true");
  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  static final CharSequence PROBLEM = HttpHeaders.createOptimized("application/problem+json");
  static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  static final CharSequence NO = HttpHeaders.createOptimized("no");
  static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
  private static final CharSequence ONE = HttpHeaders.createOptimized("1");

  private Headers() {}

  /** Returns a time in whole seconds, rounded up, at least 1: sooner nobody need come back. */
  static CharSequence seconds(long milliseconds) {
    return milliseconds <= 1_000 ? ONE : Long.toString((milliseconds - 1) / 1_000 + 1);
  }
}
