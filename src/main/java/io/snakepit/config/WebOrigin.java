package io.snakepit.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An origin of the web: whose page it is that sends a request (RFC 6454). Two that mean the same
 * are equal, however they are written.
 *
 * @param scheme in lower case
 * @param authority with its port where the scheme has one of its own
 */
public record WebOrigin(String scheme, Authority authority) {
  private static final String SEPARATOR = "://";
  private static final String HTTP = "http";
  private static final String HTTPS = "https";

  /**
   * Parses {@code scheme://host} or {@code scheme://host:port}.
   *
   * @return null if it is neither, such as {@code null}, which browsers send where they won't tell
   */
  public static @Nullable WebOrigin parse(String text) {
    int end = text.indexOf(SEPARATOR);
    if (end <= 0 || !text.chars().limit(end).allMatch(WebOrigin::isOfScheme)) {
      return null;
    }
    Authority authority = Authority.parse(text.substring(end + SEPARATOR.length()));
    if (authority == null) {
      return null;
    }
    String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
    return new WebOrigin(scheme, authority.orPort(standardPort(scheme)));
  }

  private static boolean isOfScheme(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '+'
        || c == '-'
        || c == '.';
  }

  private static int standardPort(String scheme) {
    return switch (scheme) {
      case HTTP -> 80;
      case HTTPS -> 443;
      default -> Authority.NO_PORT;
    };
  }

  /**
   * Returns whether a page of this origin belongs to the host that it calls.
   *
   * @param called as {@code Host} names it; without a port it is at the standard one, whichever
   *     scheme the page has: what undoes TLS on the way does not tell
   */
  public boolean isOf(Authority called) {
    int port = standardPort(scheme);
    return port != Authority.NO_PORT && authority.equals(called.orPort(port));
  }
}
