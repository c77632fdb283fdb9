package io.snakepit.cli;

import java.net.URI;
import picocli.CommandLine.Option;

/** Options that name the running server which a command speaks to. */
final class ServerOptions {
  static final String DEFAULT_URL = "http://127.0.0.1:8080";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The server; else SNAKEPIT_URL, else " + DEFAULT_URL + ".")
  String url = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "An API key of the server's; else SNAKEPIT_KEY.")
  String key = "";

  RemoteServer server(Terminal terminal) {
    String secret = key.isEmpty() ? terminal.environment("SNAKEPIT_KEY", "") : key;
    return new RemoteServer(address(terminal), secret.strip());
  }

  private URI address(Terminal terminal) {
    String text = url.isEmpty() ? terminal.environment("SNAKEPIT_URL", DEFAULT_URL) : url;
    String whole = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    try {
      URI uri = URI.create(whole);
      String scheme = String.valueOf(uri.getScheme());
      if (uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return uri;
      }
    } catch (IllegalArgumentException malformed) {
      // Answered below, like an address of another kind.
    }
    throw CommandFailure.usage(
        "the server's address must be like " + DEFAULT_URL + ": got " + text);
  }
}
