package io.snakepit.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that open the door. Comparing takes as long for a nearly right key as for a wrong one.
 */
final class ApiKeys {
  private static final String SCHEME = "Bearer ";

  private final List<byte[]> keys;

  ApiKeys(Collection<String> keys) {
    this.keys = keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** Returns whether a key is needed at all. */
  boolean areRequired() {
    return !keys.isEmpty();
  }

  /** Returns whether an {@code Authorization} bears one of the keys. */
  boolean admit(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    // Headers arrive as one character per byte.
    byte[] given =
        authorization.substring(SCHEME.length()).trim().getBytes(StandardCharsets.ISO_8859_1);
    boolean known = false;
    for (byte[] key : keys) {
      known |= MessageDigest.isEqual(given, key);
    }
    return known;
  }
}
