package io.snakepit.config;

import java.util.List;

/**
 * Options of the HTTP server.
 *
 * @param enabled whether at all
 * @param port 0 takes a free one
 * @param maxBodyBytes of a request and of an answer
 * @param maxUploadBytes of a streamed upload; 0 means no limit
 * @param apiKeys empty means that no key is asked for
 */
public record HttpOptions(
    boolean enabled,
    String host,
    int port,
    long maxBodyBytes,
    long maxUploadBytes,
    List<String> apiKeys) {
  public HttpOptions {
    apiKeys = List.copyOf(apiKeys);
  }

  /** Returns the same options with another port. */
  public HttpOptions withPort(int other) {
    return new HttpOptions(enabled, host, other, maxBodyBytes, maxUploadBytes, apiKeys);
  }
}
