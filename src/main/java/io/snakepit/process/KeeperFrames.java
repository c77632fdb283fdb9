package io.snakepit.process;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** A reader that cuts a keeper's bytes into events. Pure; belongs to its connection. */
final class KeeperFrames {
  private int largest = KeeperProtocol.MAX_HELLO;
  private Buffer gathered = Buffer.buffer();

  /** Allows larger frames, once the peer is known. */
  void trust() {
    largest = KeeperProtocol.MAX_FRAME;
  }

  /**
   * Takes what has arrived.
   *
   * @return the events that are whole now
   * @throws KeeperProtocolException if it can't be a keeper's; no more may be read
   */
  List<KeeperEvent> read(Buffer arrived) throws KeeperProtocolException {
    gathered.appendBuffer(arrived);
    List<KeeperEvent> events = new ArrayList<>();
    int position = 0;
    while (gathered.length() - position >= Integer.BYTES) {
      long length = gathered.getUnsignedInt(position);
      if (length > largest) {
        throw new KeeperProtocolException(
            "a frame of %d bytes, where %d are allowed".formatted(length, largest));
      }
      int start = position + Integer.BYTES;
      int end = start + (int) length;
      if (end > gathered.length()) {
        break;
      }
      events.add(KeeperProtocol.parse(gathered.getBuffer(start, end)));
      position = end;
    }
    if (position > 0) {
      gathered = gathered.getBuffer(position, gathered.length());
    }
    return events;
  }
}
