package io.snakepit.bridge;

/** The protocol between host and worker: the versions that this host speaks, and its limits. */
public final class Protocol {
  public static final int LOWEST = 1;
  public static final int HIGHEST = 1;

  /** The longest header in bytes that either side accepts, and that either therefore sends. */
  public static final int MAX_HEADER_BYTES = 64 * 1024;

  /** The most bytes of UTF-8 that a message for people has in a header. */
  static final int MAX_MESSAGE_BYTES = 8 * 1024;

  /** The largest piece of an upload in bytes: a larger one goes as several. */
  static final int MAX_PART_BYTES = 512 * 1024;

  private Protocol() {}

  /**
   * Returns the version to speak with a peer of that range: the highest that both know.
   *
   * @throws ProtocolException if there is none; names both ranges
   */
  static int agree(long peerLowest, long peerHighest) throws ProtocolException {
    long version = Math.min(peerHighest, HIGHEST);
    if (version < Math.max(peerLowest, LOWEST)) {
      throw new ProtocolException(
          "the worker speaks protocol versions %d to %d, this host %d to %d: install the same version of the snakepit package as the host's"
              .formatted(peerLowest, peerHighest, LOWEST, HIGHEST));
    }
    return (int) version;
  }
}
