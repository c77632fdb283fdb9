package io.snakepit.http;

import java.util.List;

/** The same from strangers, who have no key: what they send is refused before it is looked at. */
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
