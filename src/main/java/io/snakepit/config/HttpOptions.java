package io.snakepit.config;

import java.util.List;

/**
 * Options of the HTTP server.
 *
 * @param enabled whether at all
 * @param port 0 takes a free one
 * @param maxBodyBytes of a request and of an answer
 * @param maxUploadBytes of a streamed upload; 0 means no limit
 * @param maxBufferedBytes of answers that clients have not taken; 0 means an eighth of the heap
 * @param idleTimeoutMs how long a client may be quiet while it is its turn; 0 means for ever
 * @param apiKeys empty means that no key is asked for
 * @param allowedHosts names, with a port or without, under which the server may be called
 * @param cors which web pages of other sites may call
 */
public record HttpOptions(
    boolean enabled,
    String host,
    int port,
    long maxBodyBytes,
    long maxUploadBytes,
    long maxBufferedBytes,
    long idleTimeoutMs,
    List<String> apiKeys,
    List<String> allowedHosts,
    Cors cors) {
  public HttpOptions {
    apiKeys = List.copyOf(apiKeys);
    allowedHosts = List.copyOf(allowedHosts);
  }

  /**
   * Options of cross-origin requests.
   *
   * @param allowedOrigins as browsers send them: {@code scheme://host} or {@code
   *     scheme://host:port}
   */
  public record Cors(List<String> allowedOrigins) {
    public Cors {
      allowedOrigins = List.copyOf(allowedOrigins);
    }
  }

  /** Leaves the keys out: nothing that prints options may print those. */
  @Override
  public String toString() {
    return "HttpOptions[enabled=%s host=%s port=%d apiKeys=%s]"
        .formatted(enabled, host, port, apiKeys.isEmpty() ? "none" : apiKeys.size());
  }

  /** Returns the same options with another port. */
  public HttpOptions withPort(int other) {
    return new HttpOptions(
        enabled,
        host,
        other,
        maxBodyBytes,
        maxUploadBytes,
        maxBufferedBytes,
        idleTimeoutMs,
        apiKeys,
        allowedHosts,
        cors);
  }
}
