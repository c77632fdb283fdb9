package io.snakepit.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** One hostile request of each kind, as it goes over the wire. */
final class HostileRequests {
  private static final String JSON = "application/json";
  private static final String EXECUTE = "/v1/execute";
  private static final String SINGLE = "/v1/pools/default/tools/single";

  private HostileRequests() {}

  /** Returns the requests by what they are. */
  static Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("a tool's name of 66 kB", envelope("\"tool\":\"" + "x".repeat(66_000) + "\""));
    all.put("arguments nested deeply", envelope(args("[".repeat(9_000) + "]".repeat(9_000))));
    all.put("arguments nested too deeply", envelope(args("[".repeat(200_000))));
    all.put("a number of many digits", post(SINGLE, JSON, "{\"n\":" + "9".repeat(5_000) + "}"));
    all.put("a number beyond a double's", post(SINGLE, JSON, "{\"n\":1e999}"));
    all.put("a lone surrogate", post(SINGLE, JSON, "{\"n\":\"\\ud800\"}"));
    all.put("many small tokens", envelope(args("[" + "0,".repeat(50_000) + "0]")));
    all.put("a key of 100 kB", envelope("\"" + "k".repeat(100_000) + "\":1"));
    all.put(
        "a timeout that no clock counts", envelope(args("1") + ",\"timeoutMs\":" + "9".repeat(40)));
    all.put("a page of another site", post(EXECUTE, JSON, "{}", "Origin: http://elsewhere\r\n"));
    all.put("an encoded body", post(SINGLE, JSON, "{}", "Content-Encoding: gzip\r\n"));
    all.put("a body without bytes", post(SINGLE, "application/octet-stream", ""));
    all.put(
        "two lengths",
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"
            .formatted(SINGLE));
    all.put(
        "an unknown transfer encoding",
        "POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n{}".formatted(SINGLE));
    all.put("a body that never comes", HostileClient.post(SINGLE, JSON, 60_000_000) + "{");
    all.put("no HTTP at all", "\u0016\u0003\u0001\u0002\u0000\r\n\r\n");
    return all;
  }

  /** Returns whether a request is one that an answer is to be expected for. */
  static boolean isAnswered(String request) {
    return request.startsWith("POST") && !request.endsWith("{");
  }

  private static String args(String value) {
    return "\"tool\":\"single\",\"args\":{\"n\":" + value + "}";
  }

  private static String envelope(String members) {
    return post(EXECUTE, JSON, "{" + members + "}");
  }

  private static String post(String path, String type, String body, String... headers) {
    return HostileClient.post(path, type, body.length(), headers) + body;
  }
}
