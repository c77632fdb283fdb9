package io.snakepit.http;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.Shown;
import io.snakepit.api.SnakepitException;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Admission of requests: who may ask at all, whatever it is that they ask for. The name that is
 * called comes first, then the page that calls, then the key, then whether the body can be read.
 */
final class Admission {
  private static final String HEALTH = "/health/";
  private static final String CHALLENGE = "Bearer realm=\"snakepit\"";

  private static final String IDENTITY = "identity";

  private final AllowedHosts hosts;
  private final AllowedOrigins origins;
  private final ApiKeys keys;

  Admission(AllowedHosts hosts, AllowedOrigins origins, ApiKeys keys) {
    this.hosts = hosts;
    this.origins = origins;
    this.keys = keys;
  }

  /** Returns whether a request may go on; one that may not has its answer. */
  boolean admits(Exchange exchange, String path) {
    HttpServerRequest request = exchange.request();
    String host = exchange.header(Headers.HOST);
    if (!hosts.admits(host)) {
      forbid(exchange, hosts.explain(host));
      return false;
    }
    if (!origins.admits(request)) {
      forbid(exchange, AllowedOrigins.explain(exchange.header(Headers.ORIGIN)));
      return false;
    }
    if (origins.isPreflight(request)) {
      // It comes without the key, which is among what it asks for.
      AllowedOrigins.describe(request);
      exchange.noContent();
      return false;
    }
    return (!keys.areRequired() || hasKey(exchange, path)) && isReadable(exchange);
  }

  /** Returns whether the body can be read: nothing here is undone that a sender did to it. */
  private static boolean isReadable(Exchange exchange) {
    if (exchange.header(Headers.CONTENT_ENCODING) == null) {
      return true;
    }
    List<String> encodings = exchange.request().headers().getAll(Headers.CONTENT_ENCODING);
    for (String encoding : encodings) {
      if (!encoding.equalsIgnoreCase(IDENTITY)) {
        exchange.fail(
            new SnakepitException(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "header Content-Encoding is \"%s\", which is not undone here: send the body as it is"
                    .formatted(Shown.of(encoding))));
        return false;
      }
    }
    return true;
  }

  private static void forbid(Exchange exchange, String reason) {
    exchange.fail(new SnakepitException(ErrorCode.FORBIDDEN, reason));
  }

  private boolean hasKey(Exchange exchange, String path) {
    @Nullable String authorization = exchange.header(Headers.AUTHORIZATION);
    if (path.startsWith(HEALTH) || keys.admit(authorization)) {
      return true;
    }
    if (authorization == null) {
      exchange.refuseStranger(CHALLENGE, "header Authorization must be \"Bearer KEY\": got none");
    } else {
      exchange.refuseStranger(
          CHALLENGE + ", error=\"invalid_token\"",
          "header Authorization must be \"Bearer KEY\" with one of http.apiKeys: got another");
    }
    return false;
  }
}
