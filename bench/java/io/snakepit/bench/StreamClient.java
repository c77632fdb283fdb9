package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A client that asks for an endless stream, reads its begin, and stops reading. */
record StreamClient(Socket socket) {
  private static final int PATIENCE_MS = 60_000;

  /** Asks for chunks of that size, and waits for the first bytes of the answer. */
  static StreamClient flooded(int port, int size) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    String body = "{\"chunks\":0,\"size\":%d}".formatted(size);
    String head =
        "POST /v1/pools/default/tools/flood HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s";
    socket.getOutputStream().write(head.formatted(body.length(), body).getBytes(ISO_8859_1));
    if (socket.getInputStream().read() < 0) {
      throw new IOException("the server closed a connection");
    }
    return new StreamClient(socket);
  }

  /** Closes the connection, with all that has not been read. */
  void leave() throws IOException {
    socket.close();
  }
}
