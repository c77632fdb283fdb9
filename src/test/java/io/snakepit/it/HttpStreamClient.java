package io.snakepit.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Streams over HTTP, by a client that reads no further than it wants: what it has not asked for
 * stays in the socket.
 */
record HttpStreamClient(int port, boolean events) implements StreamClient {
  private static final int PATIENCE_MS = 60_000;
  private static final int SMALL_BUFFER = 16 * 1024;

  @Override
  public Open open(String tool, JsonObject args, long timeoutMs) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SMALL_BUFFER);
    socket.setSoTimeout(PATIENCE_MS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    byte[] body = args.encode().getBytes(UTF_8);
    String accept = events ? "text/event-stream" : "application/x-ndjson";
    String timeout = timeoutMs == 0 ? "" : "Snakepit-Timeout-Ms: " + timeoutMs + "\r\n";
    socket
        .getOutputStream()
        .write(
            ("POST /v1/pools/default/tools/"
                    + tool
                    + " HTTP/1.1\r\nHost: localhost\r\nAccept: "
                    + accept
                    + "\r\n"
                    + timeout
                    + "Content-Type: application/json\r\nContent-Length: "
                    + body.length
                    + "\r\n\r\n")
                .getBytes(UTF_8));
    socket.getOutputStream().write(body);
    return new Answer(socket, events);
  }

  /** An answer on its way. */
  private static final class Answer implements Open {
    private final Socket socket;
    private final boolean events;
    private final InputStream in;
    private boolean begun;
    private int chunkLeft;

    Answer(Socket socket, boolean events) throws IOException {
      this.socket = socket;
      this.events = events;
      this.in = new BufferedInputStream(socket.getInputStream(), 512);
    }

    @Override
    public Told next() throws IOException {
      if (!begun) {
        begun = true;
        Told refusal = head();
        if (refusal != null) {
          return refusal;
        }
      }
      return events ? event() : line();
    }

    /** Reads the head, and the problem in place of a stream if there is one. */
    private Told head() throws IOException {
      String status = rawLine();
      int length = 0;
      boolean chunked = false;
      for (String line = rawLine(); !line.isEmpty(); line = rawLine()) {
        String lower = line.toLowerCase(java.util.Locale.ROOT);
        chunked |= lower.equals("transfer-encoding: chunked");
        if (lower.startsWith("content-length: ")) {
          length = Integer.parseInt(line.substring(16));
        }
      }
      if (status.contains(" 200 ") && chunked) {
        return null;
      }
      return Told.error(new JsonObject(new String(in.readNBytes(length), UTF_8)));
    }

    private Told line() throws IOException {
      String line = bodyLine();
      if (line.startsWith("{\"$end\":")) {
        return Told.end(new JsonObject(line).getJsonObject("$end"));
      }
      if (line.startsWith("{\"$error\":")) {
        return Told.error(new JsonObject(line).getJsonObject("$error"));
      }
      return Told.chunk(line);
    }

    private Told event() throws IOException {
      String kind = "";
      String data = "";
      for (String line = bodyLine(); !line.isEmpty() || kind.isEmpty(); line = bodyLine()) {
        if (line.startsWith("event: ")) {
          kind = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (!line.isEmpty() && !line.startsWith(":")) {
          throw new IOException("no part of an event: " + line);
        }
      }
      return switch (kind) {
        case "chunk" -> Told.chunk(data);
        case "end" -> Told.end(new JsonObject(data));
        case "error" -> Told.error(new JsonObject(data));
        default -> throw new IOException("no event of ours: " + kind);
      };
    }

    private String bodyLine() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = bodyByte(); b != '\n'; b = bodyByte()) {
        line.write(b);
      }
      return line.toString(UTF_8);
    }

    private int bodyByte() throws IOException {
      if (chunkLeft == 0) {
        chunkLeft = Integer.parseInt(rawLine(), 16);
        if (chunkLeft == 0) {
          throw new EOFException("the answer has ended without saying so");
        }
      }
      int b = rawByte();
      if (--chunkLeft == 0) {
        rawLine();
      }
      return b;
    }

    private String rawLine() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = rawByte(); b != '\n'; b = rawByte()) {
        line.write(b);
      }
      return line.toString(UTF_8).stripTrailing();
    }

    private int rawByte() throws IOException {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the host closed the connection");
      }
      return b;
    }

    @Override
    public void cancel() throws IOException {
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
