package io.snakepit.process;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/**
 * Somebody at the other end of a keeper's socket: events in, orders out. For the event loop that it
 * came in on.
 */
final class KeeperConnection {

  /** Hears what comes in. */
  interface Guest {
    void said(KeeperEvent event);

    /**
     * Called once, last.
     *
     * @param complaint why it was closed; empty if it has ended by itself
     */
    void left(String complaint);
  }

  private final NetSocket socket;
  private final KeeperFrames frames = new KeeperFrames();
  private Guest guest;
  private String complaint = "";
  private boolean closed;

  KeeperConnection(NetSocket socket, Guest stranger) {
    this.socket = socket;
    this.guest = stranger;
    socket.handler(this::read);
    socket.exceptionHandler(reset -> {}); // a peer that dies with something unread; the end follows
    socket.closeHandler(closing -> end());
  }

  NetSocket socket() {
    return socket;
  }

  /** Nothing more is read until it is resumed. */
  void pause() {
    socket.pause();
  }

  /** The stranger has shown who it is: hands everything to another from now on. */
  void admit(Guest known) {
    guest = known;
    frames.trust();
    if (closed) {
      known.left(complaint);
    } else {
      socket.resume();
    }
  }

  /** Sends an order; a connection that has ended ignores it. */
  void send(Buffer frame) {
    if (!closed) {
      socket.write(frame);
    }
  }

  /** Closes it, for that reason. */
  void close(String why) {
    complain(why);
    socket.close();
  }

  private void read(Buffer arrived) {
    try {
      for (KeeperEvent event : frames.read(arrived)) {
        guest.said(event);
      }
    } catch (KeeperProtocolException e) {
      close(String.valueOf(e.getMessage()));
    }
  }

  private void complain(String why) {
    if (complaint.isEmpty()) {
      complaint = why;
    }
  }

  private void end() {
    closed = true;
    guest.left(complaint);
  }
}
