package io.snakepit.process;

import io.snakepit.api.Faults;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/**
 * A connection to a keeper's socket: events in, orders out. What comes in is heard by one listener
 * after the other: by the acceptor, and once the peer is admitted by its keeper. For the event loop
 * on which it was accepted.
 */
final class KeeperConnection {

  /** Hears what a peer says, and when it has gone. */
  interface Listener {
    /** Tells an event. */
    void said(KeeperEvent event);

    /**
     * Tells that the connection has ended. Once, and nothing comes after.
     *
     * @param complaint why it was closed; empty if it has ended by itself
     */
    void left(String complaint);
  }

  private final NetSocket socket;
  private final KeeperFrames frames = new KeeperFrames();
  private Listener listener;
  private String complaint = "";
  private boolean closed;

  KeeperConnection(NetSocket socket, Listener first) {
    this.socket = socket;
    this.listener = first;
    socket.handler(this::read);
    // Mostly a peer that dies with something unread: the end follows.
    socket.exceptionHandler(Faults::throwIfFatal);
    socket.closeHandler(closing -> end());
  }

  NetSocket socket() {
    return socket;
  }

  /** Reads nothing more until the peer is admitted. */
  void pause() {
    socket.pause();
  }

  /** Hands all that comes from now on to another listener: the peer is known. */
  void admit(Listener known) {
    listener = known;
    frames.trust();
    if (closed) {
      known.left(complaint);
    } else {
      socket.resume();
    }
  }

  /** Sends an order. Does nothing if the connection has ended. */
  void send(Buffer frame) {
    if (!closed) {
      socket.write(frame);
    }
  }

  /** Closes the connection, for that reason. */
  void close(String why) {
    complain(why);
    socket.close();
  }

  private void read(Buffer arrived) {
    try {
      for (KeeperEvent event : frames.read(arrived)) {
        listener.said(event);
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
    listener.left(complaint);
  }
}
