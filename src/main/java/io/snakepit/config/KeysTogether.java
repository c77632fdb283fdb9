package io.snakepit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Rules that concern several keys. A rule is left out where one of its keys is bad by itself. */
final class KeysTogether {
  private final OptionsTree tree;
  private final Set<String> bad;
  private final BiConsumer<String, String> fault;

  /**
   * @param bad the paths that have a fault already
   * @param fault takes a path and what is wrong
   */
  KeysTogether(OptionsTree tree, Set<String> bad, BiConsumer<String, String> fault) {
    this.tree = tree;
    this.bad = bad;
    this.fault = fault;
  }

  void check() {
    checkPorts();
    for (String pool : tree.pools()) {
      String at = "pools." + pool + ".";
      checkConcurrency(at + "concurrency", at + "profile");
      checkHeartbeat(at + "heartbeat.");
    }
  }

  private void checkPorts() {
    if (good("http.enabled", "http.port", "grpc.enabled", "grpc.port")
        && value("http.enabled").booleanValue()
        && value("grpc.enabled").booleanValue()
        && whole("http.port") != 0
        && whole("http.port") == whole("grpc.port")) {
      fault.accept("grpc.port", "must differ from http.port: got " + whole("grpc.port"));
    }
  }

  private void checkConcurrency(String concurrency, String profile) {
    if (good(concurrency, profile)
        && whole(concurrency) > 1
        && value(profile).textValue().equals("process")) {
      fault.accept(concurrency, "must be 1 with profile process: got " + whole(concurrency));
    }
  }

  private void checkHeartbeat(String at) {
    String interval = at + "intervalMs";
    String timeout = at + "timeoutMs";
    String silence = at + "silenceMs";
    if (good(interval, timeout) && whole(timeout) < whole(interval)) {
      fault.accept(timeout, "must be at least " + compared(interval, timeout));
    }
    if (good(interval, silence) && whole(silence) <= whole(interval)) {
      fault.accept(silence, "must be more than " + compared(interval, silence));
    }
  }

  private String compared(String bound, String seen) {
    return "heartbeat.intervalMs=%d: got %d".formatted(whole(bound), whole(seen));
  }

  private boolean good(String... paths) {
    return Stream.of(paths).noneMatch(bad::contains);
  }

  private long whole(String path) {
    return value(path).longValue();
  }

  private JsonNode value(String path) {
    return tree.valueOf(path);
  }
}
