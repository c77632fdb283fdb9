package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;

/** Sends one large body, piece by piece, as fast as it is taken. */
final class UploadClient {
  private static final int PIECE = 256 * 1024;
  private static final int PATIENCE_MS = 120_000;

  private UploadClient() {}

  static double megabytesPerSecond(int port, long bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      OutputStream out = socket.getOutputStream();
      long begun = System.nanoTime();
      String head =
          "POST /v1/pools/default/tools/upload_size HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n";
      out.write(head.formatted(bytes).getBytes(ISO_8859_1));
      byte[] piece = new byte[PIECE];
      for (long left = bytes; left > 0; left -= PIECE) {
        out.write(piece, 0, (int) Math.min(left, PIECE));
      }
      out.flush();
      check(socket.getInputStream(), bytes);
      return bytes / 1e6 / ((System.nanoTime() - begun) / 1e9);
    }
  }

  private static void check(InputStream in, long bytes) throws IOException {
    String answer = new String(in.readAllBytes(), ISO_8859_1);
    boolean ok = answer.startsWith("HTTP/1.1 200") && answer.contains("\"bytes\":" + bytes);
    if (!ok) {
      throw new IOException("an upload was answered by " + answer);
    }
  }
}
