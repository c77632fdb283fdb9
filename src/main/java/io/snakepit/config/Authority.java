package io.snakepit.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A host's name or address with its port, as URLs, {@code Host} and {@code Origin} have it. Two
 * that mean the same are equal, however they are written: names are in lower case without a dot at
 * their end, addresses in their one full form.
 *
 * <p>Never asks a name server: a name stays a name.
 *
 * @param host a name, or an address without brackets
 * @param port {@link #NO_PORT} where none is named
 */
public record Authority(String host, int port) {
  /** The port of an authority that names none. */
  public static final int NO_PORT = -1;

  private static final int MAX_NAME = 253;
  private static final int MAX_PORT = 65_535;
  private static final String LOCAL = "localhost";

  /**
   * Parses {@code host} or {@code host:port}, an IPv6 address in brackets.
   *
   * @return null if it is neither
   */
  public static @Nullable Authority parse(String text) {
    int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    int hostEnd = end < 0 ? text.length() : end;
    String host = readHost(text.substring(0, hostEnd));
    if (host == null) {
      return null;
    }
    if (hostEnd == text.length()) {
      return new Authority(host, NO_PORT);
    }
    int port = text.charAt(hostEnd) == ':' ? readPort(text.substring(hostEnd + 1)) : NO_PORT;
    return port == NO_PORT ? null : new Authority(host, port);
  }

  /**
   * Reads a host's name or address by itself, as a listener's address is configured: IPv6 with or
   * without brackets.
   *
   * @return null if it is neither
   */
  public static @Nullable Authority ofHost(String text) {
    String host =
        readHost(text.indexOf(':') >= 0 && !text.startsWith("[") ? "[" + text + "]" : text);
    return host == null ? null : new Authority(host, NO_PORT);
  }

  private static @Nullable String readHost(String text) {
    if (text.startsWith("[")) {
      return readIpv6(text);
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (name.isEmpty() || name.length() > MAX_NAME || !name.chars().allMatch(Authority::isOfName)) {
      return null;
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static @Nullable String readIpv6(String text) {
    boolean isLiteral =
        text.endsWith("]") && text.indexOf(':') > 0 && text.chars().allMatch(Authority::isOfIpv6);
    if (!isLiteral) {
      return null;
    }
    try {
      // In brackets it is an address or an error, never a name to be looked up.
      return InetAddress.getByName(text).getHostAddress();
    } catch (UnknownHostException noAddress) {
      return null;
    }
  }

  private static boolean isOfName(int c) {
    return c == '.' || c == '-' || c == '_' || isLetterOrDigit(c);
  }

  private static boolean isOfIpv6(int c) {
    return c == ':' || c == '.' || c == '[' || c == ']' || isLetterOrDigit(c);
  }

  private static boolean isLetterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static int readPort(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(Authority::isDigit)) {
      return NO_PORT;
    }
    int port = Integer.parseInt(text);
    return port <= MAX_PORT ? port : NO_PORT;
  }

  /**
   * Returns whether this is a name or an address of loopback: {@code localhost}, a name below it,
   * {@code 127.0.0.0/8}, {@code ::1}.
   */
  public boolean isLoopback() {
    return host.equals(LOCAL)
        || host.endsWith("." + LOCAL)
        || host.equals("0:0:0:0:0:0:0:1")
        || isLoopbackIpv4();
  }

  private boolean isLoopbackIpv4() {
    if (!host.startsWith("127.")) {
      return false;
    }
    String[] parts = host.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      boolean isByte =
          !part.isEmpty()
              && part.length() <= 3
              && part.chars().allMatch(Authority::isDigit)
              && Integer.parseInt(part) <= 255;
      if (!isByte) {
        return false;
      }
    }
    return true;
  }

  /** Returns the same host at a port, unless this names one itself. */
  public Authority orPort(int standard) {
    return port == NO_PORT ? new Authority(host, standard) : this;
  }
}
