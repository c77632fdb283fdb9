package io.snakepit.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Writer of one large body, as fast as the client takes it, so that it is seen whether it does. On
 * the server's event loop.
 */
final class BodyWriter {
  /** The size of the pieces in which a body is written, in bytes; a smaller one needs no writer. */
  static final int PIECE_BYTES = 64 * 1024;

  private final HttpServerResponse response;
  private final ClientConnection client;
  private final AnswerBody body;
  private final Handler<Buffer> ender;

  /**
   * @param response whose head, with the body's length, is set
   * @param ender gets the last piece, once it is its turn
   */
  BodyWriter(
      HttpServerResponse response,
      ClientConnection client,
      AnswerBody body,
      Handler<Buffer> ender) {
    this.response = response;
    this.client = client;
    this.body = body;
    this.ender = ender;
  }

  /** Writes on until the client's queue is full or only the last piece is left. */
  void write() {
    client.writing();
    Buffer next = body.take(PIECE_BYTES);
    while (!body.isTaken()) {
      response.write(next);
      if (response.writeQueueFull()) {
        response.drainHandler(taken -> writeOn());
        return;
      }
      next = body.take(PIECE_BYTES);
    }
    ender.handle(next);
  }

  private void writeOn() {
    // Else the next write, which may drain the queue itself, would come here again.
    response.drainHandler(null);
    write();
  }
}
