package io.snakepit.bridge;

/** The versions of the protocol between host and worker that this host speaks. */
public final class Protocol {
  public static final int LOWEST = 1;
  public static final int HIGHEST = 1;

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
