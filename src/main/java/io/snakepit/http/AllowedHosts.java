package io.snakepit.http;

import io.snakepit.api.Shown;
import io.snakepit.config.Authority;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names under which the server may be called, as {@code Host} tells.
 *
 * <p>Whoever listens on loopback serves those on the machine alone, and their browsers with them. A
 * web page whose own name its owner lets point to 127.0.0.1 (DNS rebinding) is, for the browser, of
 * the same origin as this server. Its name gives it away: no loopback name is anyone's but the
 * machine's.
 */
final class AllowedHosts {
  static final String KEY = "http.allowedHosts";

  private final boolean isLoopback;
  private final Set<Authority> allowed = new HashSet<>();

  /** The last value that was admitted: clients repeat theirs. */
  private @Nullable String known;

  /**
   * @param configured {@code http.allowedHosts}
   * @param own the name that is listened on
   * @param isLoopback whether nobody beyond this machine can connect
   */
  AllowedHosts(Collection<String> configured, @Nullable Authority own, boolean isLoopback) {
    this.isLoopback = isLoopback;
    for (String each : configured) {
      Authority host = Authority.parse(each);
      if (host == null) {
        throw new IllegalArgumentException(KEY + " must hold host or host:port: got " + each);
      }
      allowed.add(host);
    }
    if (isLoopback && own != null) {
      allowed.add(own);
    }
  }

  /** Returns whether {@code Host} has a name under which the server may be called. */
  boolean admits(@Nullable String host) {
    if (host == null) {
      // Of HTTP/1.0, which no browser speaks: in HTTP/1.1 it is no request.
      return true;
    }
    if (host.equals(known)) {
      return true;
    }
    boolean fits = (!isLoopback && allowed.isEmpty()) || isAllowed(Authority.parse(host));
    if (fits) {
      known = host;
    }
    return fits;
  }

  private boolean isAllowed(@Nullable Authority host) {
    return host != null
        && ((isLoopback && host.isLoopback())
            || allowed.contains(host)
            || allowed.contains(new Authority(host.host(), Authority.NO_PORT)));
  }

  /** Returns why a {@code Host} is not admitted, and what to do about it. */
  String explain(@Nullable String host) {
    String why =
        isLoopback
            ? "is no name of loopback, which is what is listened on, nor in " + KEY
            : "is not in " + KEY;
    return "header Host is \"%s\", which %s: add it there if it is yours"
        .formatted(Shown.of(Objects.requireNonNullElse(host, "")), why);
  }
}
