package io.snakepit.http;

import java.util.List;

/** Hostile bytes of strangers, who have no key: they are refused before they are looked at. */
class HttpFuzzStrangerTest extends HttpFuzzTest {
  @Override
  List<String> apiKeys() {
    return List.of("secret");
  }

  @Override
  String key() {
    return "Authorization: Bearer secret";
  }
}
