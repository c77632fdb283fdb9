package io.snakepit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A running server, over HTTP. Uses the JDK's client: it starts faster than Vert.x, and it never
 * sends a POST twice.
 */
final class RemoteServer {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The time after which a silent server is asked whether it lives, and that it has to say so. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final URI address;
  private final String key;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  /**
   * @param address without a slash at its end
   * @param key empty: none is sent
   */
  RemoteServer(URI address, String key) {
    this.address = address;
    this.key = key;
  }

  URI address() {
    return address;
  }

  HttpResponse<byte[]> get(String path) {
    return send(request(path).GET(), BodyHandlers.ofByteArray());
  }

  /**
   * Posts a body of JSON.
   *
   * @param path from the root, percent-encoded
   */
  HttpResponse<byte[]> post(String path, byte[] json, Map<String, String> headers) {
    return send(postOf(path, json, headers), BodyHandlers.ofByteArray());
  }

  /**
   * Posts JSON as {@link #post} does, but answers with the head, and with the body as it comes; to
   * be closed.
   */
  HttpResponse<InputStream> postForStream(String path, byte[] json, Map<String, String> headers) {
    return send(postOf(path, json, headers), BodyHandlers.ofInputStream());
  }

  private HttpRequest.Builder postOf(String path, byte[] json, Map<String, String> headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(json));
    headers.forEach(request::header);
    return request;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  /**
   * Sends a request. A call may take as long as it likes; a server that answers nothing else
   * meanwhile, either, is given up.
   */
  private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body) {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request.build(), body);
    try {
      while (true) {
        try {
          return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
          requireLife();
        }
      }
    } catch (ExecutionException failed) {
      throw failure(failed.getCause());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted while waiting for " + address);
    } finally {
      answer.cancel(true);
    }
  }

  /** Fails if the server does not even say that it lives. */
  private void requireLife() throws InterruptedException {
    HttpRequest question =
        HttpRequest.newBuilder(URI.create(address + "/health/live")).timeout(PATIENCE).build();
    try {
      client.send(question, BodyHandlers.discarding());
    } catch (IOException silent) {
      throw CommandFailure.failed(
          "%s does not answer, though it takes connections: is that a Snakepit server, and not stopped?\nName another with --url or SNAKEPIT_URL."
              .formatted(address));
    }
  }

  private CommandFailure failure(@Nullable Throwable cause) {
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return CommandFailure.failed(
          """
          no server answers at %s
          Start one with `./snakepit serve`, or name another with --url or SNAKEPIT_URL."""
              .formatted(address));
    }
    String why = cause == null ? "" : String.valueOf(cause.getMessage());
    return CommandFailure.failed(
        "the connection to %s broke before the answer: %s\nIf that is no Snakepit server, name another with --url or SNAKEPIT_URL."
            .formatted(address, why));
  }
}
