package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A client that sends what it is told over one connection, and reads an answer only if asked to.
 */
final class HostileClient implements AutoCloseable {
  private static final int PATIENCE_MS = 60_000;
  private static final int PIECE = 64 * 1024;

  private final Socket socket = new Socket();
  private final InputStream in;

  HostileClient(int port) throws IOException {
    socket.setReceiveBufferSize(PIECE);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Returns the head of a POST with a body of that length. */
  static String post(String path, String type, long length, String... headers) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(path, type, length, String.join("", headers));
  }

  void send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Sends so many bytes, piece by piece. */
  void sendBody(long length) throws IOException {
    byte[] piece = new byte[PIECE];
    for (long left = length; left > 0; left -= PIECE) {
      socket.getOutputStream().write(piece, 0, (int) Math.min(left, PIECE));
    }
  }

  /** Reads one answer, and returns its status. */
  int status() throws IOException {
    String head = line();
    int status = Integer.parseInt(head.split(" ", 3)[1]);
    long length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Long.parseLong(line.substring(15).trim());
      }
    }
    in.skipNBytes(length);
    return status;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the host has ended the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
