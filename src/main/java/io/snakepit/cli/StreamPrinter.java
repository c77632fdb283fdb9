package io.snakepit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Printer of the chunks of a stream, one a line, as they come. */
final class StreamPrinter {
  private static final byte[] CHUNK = "{\"$chunk\":".getBytes(UTF_8);
  private static final byte[] END = "{\"$end\":".getBytes(UTF_8);
  private static final byte[] ERROR = "{\"$error\":".getBytes(UTF_8);

  private final Terminal terminal;

  StreamPrinter(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Prints all of a stream; its error goes to stderr.
   *
   * @return whether the stream came to a good end
   * @throws CommandFailure if the connection broke before the end
   */
  boolean print(InputStream ndjson) {
    try {
      InputStream in = new BufferedInputStream(ndjson);
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        if (startsWith(line, END)) {
          return true;
        }
        if (startsWith(line, ERROR)) {
          Problem.print(error(line), terminal.err());
          return false;
        }
        printChunk(line);
      }
    } catch (IOException lost) {
      throw CommandFailure.failed("the connection broke within the stream: " + lost.getMessage());
    }
    throw CommandFailure.failed("the connection broke within the stream: it has no end");
  }

  /** Prints a chunk; one that could be taken for a word of the server's own comes in a wrapping. */
  private void printChunk(byte[] line) throws IOException {
    boolean wrapped = startsWith(line, CHUNK);
    byte[] json = wrapped ? Arrays.copyOfRange(line, CHUNK.length, line.length - 1) : line;
    terminal.out().write(json);
    terminal.out().println();
    terminal.out().flush();
  }

  private static SnakepitException error(byte[] line) {
    try {
      JsonObject problem = new JsonObject(Buffer.buffer(line)).getJsonObject("$error");
      return SnakepitException.fromJson(problem);
    } catch (DecodeException | IllegalArgumentException notOurs) {
      throw CommandFailure.failed("the stream ended with an error that can't be read");
    }
  }

  /** Returns the next line without its end; empty at the end of all, also within a line. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n') {
      line.write(next);
      next = in.read();
    }
    return next < 0 ? new byte[0] : line.toByteArray();
  }

  private static boolean startsWith(byte[] line, byte[] prefix) {
    return line.length > prefix.length
        && Arrays.equals(line, 0, prefix.length, prefix, 0, prefix.length);
  }
}
