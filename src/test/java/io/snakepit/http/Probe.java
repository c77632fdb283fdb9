package io.snakepit.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A client that sends exactly the bytes it is told, over one connection. */
final class Probe implements AutoCloseable {
  private static final int PATIENCE_MS = 20_000;

  private final Socket socket;
  private final InputStream in;

  Probe(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** An answer that came back. Names of headers are in lower case. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    JsonObject json() {
      return new JsonObject(text());
    }

    JsonArray array() {
      return new JsonArray(text());
    }

    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  /** Sends a request without a body. */
  Answer ask(String method, String path, String... headers) throws IOException {
    send(head(method, path, headers) + "\r\n");
    return answer(method);
  }

  /** Sends a {@code POST} with a body. */
  Answer post(String path, byte[] body, String... headers) throws IOException {
    send(head("POST", path, headers) + "Content-Length: " + body.length + "\r\n\r\n");
    send(body);
    return answer("POST");
  }

  Answer post(String path, String body, String... headers) throws IOException {
    return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static String head(String method, String path, String... headers) {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    if (Stream.of(headers).noneMatch(header -> header.startsWith("Host:"))) {
      head.append("Host: localhost\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.toString();
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  Answer answer() throws IOException {
    return answer("GET");
  }

  /** Reads status and headers only: the body is still to be read. */
  Answer answerHead() throws IOException {
    String status = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
    }
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, new byte[0]);
  }

  private Answer answer(String method) throws IOException {
    Answer head = answerHead();
    byte[] body;
    if (method.equals("HEAD")) {
      body = new byte[0];
    } else if ("chunked".equals(head.header("transfer-encoding"))) {
      body = allPieces().getBytes(StandardCharsets.UTF_8);
    } else {
      body = in.readNBytes(Integer.parseInt(head.headers.getOrDefault("content-length", "0")));
    }
    return new Answer(head.status, head.headers, body);
  }

  private String allPieces() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String piece = piece(); !piece.isEmpty(); piece = piece()) {
      all.append(piece);
    }
    return all.toString();
  }

  /** Reads the next piece of a chunked answer; empty at its end. */
  String piece() throws IOException {
    int length = Integer.parseInt(line(), 16);
    byte[] bytes = in.readNBytes(length);
    line();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns whether something has come that was not read yet. */
  boolean hasBytes() throws IOException {
    return in.available() > 0;
  }

  /** Sends as {@link #send} does, also if the host doesn't want to read it. */
  void trySend(byte[] bytes) {
    try {
      send(bytes);
    } catch (IOException closedByHost) {
      // It may: the bytes are hostile.
    }
  }

  /** Ends the sending, and reads until the host closes. */
  String restAfterLastWord() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.shutdownOutput();
      for (int b = in.read(); b >= 0; b = in.read()) {
        all.write(b);
      }
    } catch (SocketTimeoutException open) {
      throw new AssertionError("the host left the connection open after: " + all, open);
    } catch (IOException reset) {
      // What came before that counts.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** Reads that many bytes, as they come. */
  byte[] bytes(int count) throws IOException {
    return in.readNBytes(count);
  }

  /** Reads all until the host closes. */
  String untilClosed() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Returns whether the host has closed, waiting for it as long as the probe's patience. */
  boolean isClosedByHost() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the host closed within an answer: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  /** Ends the connection with a reset, as a client does that is killed. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
