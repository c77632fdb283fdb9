package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/** The host that {@link HardeningPart} does it all to, a process of its own. */
final class HardeningHost implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;
  final int port;

  HardeningHost(Bed bed, List<String> options) {
    JsonObject configuration = BenchHost.configuration(bed, 2, StartMethods.FORKSERVER);
    JsonObject pools = configuration.getJsonObject("pools");
    Path adapters = bed.project().resolve("bench/python");
    pools
        .getJsonObject("default")
        .put("adapter", "pressure")
        .put("pythonPath", new JsonArray().add(adapters.toString()));
    pools.put("other", pools.getJsonObject("default").copy().put("size", 1));
    process = bed.children().startJvm(HardeningHostMain.class, options, configuration.encode());
    said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    port = (int) line();
  }

  private long line() {
    try {
      String line = said.readLine();
      if (line == null) {
        throw new IllegalStateException("the host has ended");
      }
      return Long.parseLong(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what the heap holds after a collection, in bytes. */
  double heap() {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line();
  }

  /** Returns how many workers have been replaced so far, in both pools. */
  long restarts() {
    long sum = 0;
    for (Object pool : new JsonArray(get("/v1/pools"))) {
      sum += ((JsonObject) pool).getJsonObject("counters").getLong("restarts");
    }
    return sum;
  }

  private String get(String path) {
    URI address = URI.create("http://localhost:%d%s".formatted(port, path));
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  @Override
  public void close() {
    Children.end(process);
  }
}
