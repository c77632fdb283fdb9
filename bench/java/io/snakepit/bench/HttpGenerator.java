package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** The benchmark's end of {@link HttpLoad}, the load generator in a JVM of its own. Close it. */
final class HttpGenerator implements AutoCloseable {
  private static final List<String> SMALL_JVM = List.of("-XX:+UseSerialGC", "-Xmx256m");

  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;
  private long calls;
  private long cpuNanos;

  HttpGenerator(Bed bed) {
    process = bed.children().startJvm(HttpLoad.class, SMALL_JVM);
    orders = new PrintWriter(process.getOutputStream(), true, UTF_8);
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Posts that payload to its tool, one request at a time on each connection. */
  LoadSource to(int port, Payloads payload) {
    return (inFlight, time) -> run(port, payload, inFlight, time);
  }

  private Sample run(int port, Payloads payload, int inFlight, Duration time) {
    JsonObject answer =
        ask(
            new JsonObject()
                .put("port", port)
                .put("payload", payload.name())
                .put("inFlight", inFlight)
                .put("millis", time.toMillis()));
    Sample sample = Sample.fromJson(answer);
    calls += sample.calls();
    cpuNanos += answer.getLong("cpuNanos");
    return sample;
  }

  /** Reads one stream of so many small chunks. */
  Sample stream(int port, int chunks) {
    return Sample.fromJson(ask(new JsonObject().put("port", port).put("chunks", chunks)));
  }

  private JsonObject ask(JsonObject order) {
    orders.println(order.encode());
    JsonObject answer = answer();
    if (answer.containsKey("error")) {
      throw new IllegalStateException("HTTP load: " + answer.getString("error"));
    }
    return answer;
  }

  private JsonObject answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the load generator for HTTP has ended");
      }
      return new JsonObject(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts counting its own cost anew. */
  void resetCost() {
    calls = 0;
    cpuNanos = 0;
  }

  /** CPU time that this generator itself took for each call since, in microseconds. */
  double costMicros() {
    return cpuNanos / 1e3 / calls;
  }

  @Override
  public void close() {
    Children.end(process);
  }
}
