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

/**
 * A running server, over HTTP. Uses the JDK's client: it starts faster than Vert.x, and it never
 * sends a POST twice.
 */
final class RemoteServer {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

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

  private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body) {
    try {
      return client.send(request.build(), body);
    } catch (ConnectException | HttpConnectTimeoutException refused) {
      throw CommandFailure.failed(
          """
          no server answers at %s
          Start one with `./snakepit serve`, or name another with --url or SNAKEPIT_URL."""
              .formatted(address));
    } catch (IOException lost) {
      throw CommandFailure.failed(
          "the connection to " + address + " broke before the answer: " + lost.getMessage());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted while waiting for " + address);
    }
  }
}
