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
