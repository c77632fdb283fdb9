package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.Chunk;
import io.snakepit.api.ChunkStream;
import io.snakepit.api.SnakepitException;
import io.snakepit.api.StreamEnd;
import io.snakepit.api.waiting.ByteBudget;
import io.snakepit.vertx.FramingFault;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one call in pieces, written as fast as the client takes it.
 *
 * <p>What is ready is written together: the chunks that come within one pass of the event loop go
 * out as one buffer, at its end; nothing is ever kept waiting for more. Large chunks are not copied
 * into it but written by themselves, in their place. Once the client's write queue is full the
 * stream is paused, so that here is never more than the queue and what one pass has brought.
 */
final class StreamAnswer implements Exchange.Abortable {
  /** The size from which on a chunk is worth a write of its own, in bytes. */
  static final int LARGE_BYTES = 16 * 1024;

  /** The size at which gathered chunks are written, also within a pass, in bytes. */
  private static final int GATHERED_BYTES = 64 * 1024;

  /** The seconds without a word after which an event stream gets a comment, for proxies' sake. */
  static final int HEARTBEAT_SECONDS = 15;

  private static final int GATHER_HINT = 256;
  private static final String COMMENT = ":\n\n";
  private static final long NO_TIMER = -1;
  private static final long LONGEST_MS = 365L * 86_400_000;

  private final Exchange exchange;
  private final HttpServerResponse response;
  private final ChunkStream stream;
  private final StreamFormat format;
  private final Runnable flushLater = this::flushAtEndOfPass;
  private final Runnable resumeLater = this::resume;
  private Buffer gathered = Buffer.buffer();
  private long headTimer = NO_TIMER;
  private boolean begun;
  private boolean over;
  private boolean awaitsEndOfPass;
  private boolean writingLarge;
  private @Nullable Runnable ending;
  private int silentSeconds;

  private StreamAnswer(Exchange exchange, ChunkStream stream, StreamFormat format) {
    this.exchange = exchange;
    this.response = exchange.request().response();
    this.stream = stream;
    this.format = format;
  }

  /**
   * Runs a call and answers with what it yields, piece by piece, or with its error. A client that
   * goes before that cancels it.
   *
   * @param call with an id
   */
  static void begin(Exchange exchange, CallExecutor executor, Call call, StreamFormat format) {
    exchange.beginCall(call);
    StreamAnswer answer = new StreamAnswer(exchange, executor.stream(call), format);
    exchange.abortBy(answer);
    ClientConnection client = exchange.client();
    client.awaits(CancelOnDisconnect.byHandle(call.id(), answer::cancel));
    if (format == StreamFormat.SSE) {
      client.everySecond(answer::tick);
    }
    answer.read();
    answer.beginAfter(executor.streamHeadAfterMs(call.pool()));
  }

  /** Begins the answer after a time without a word, so that nobody on the way gives it up. */
  private void beginAfter(long ms) {
    if (!begun && !over) {
      headTimer =
          exchange.scope().vertx().setTimer(Math.min(ms, LONGEST_MS), late -> beginSilent());
    }
  }

  private void beginSilent() {
    headTimer = NO_TIMER;
    if (begun || over) {
      return;
    }
    beginOnce();
    if (format == StreamFormat.SSE) {
      gathered.appendString(COMMENT);
      flush();
    } else if (response.headers().contains(Headers.TRANSFER_ENCODING)) {
      response.writeHead();
    }
  }

  private void stopTimer() {
    if (headTimer != NO_TIMER) {
      exchange.scope().vertx().cancelTimer(headTimer);
      headTimer = NO_TIMER;
    }
  }

  /** Reads the stream to its end. */
  private void read() {
    response.exceptionHandler(this::broken);
    stream
        .exceptionHandler(this::failed)
        .endHandler(ended -> stream.end().onSuccess(this::ended))
        .handler(this::chunk);
  }

  /**
   * Ends the stream of a connection that is broken. One whose bytes are no clean HTTP is not yet:
   * whoever reads the body hears of it, too, and answers.
   */
  private void broken(Throwable why) {
    if (!(why instanceof FramingFault)) {
      cancel();
    }
  }

  /** Ends the stream: the client takes no more. */
  private void cancel() {
    over = true;
    stopTimer();
    exchange.hold().release();
    stream.cancel();
  }

  /** Ends the answer with that error, whatever the stream still has to say. */
  @Override
  public void abort(Throwable why) {
    // In this order: what the cancelled stream has to say could come at once.
    failed(why);
    stream.cancel();
  }

  private void chunk(Chunk chunk) {
    if (over) {
      return;
    }
    beginOnce();
    gathered.appendString(format.beforeChunk());
    if (chunk.bytes().length() > ByteBudget.SMALL_BYTES) {
      writeLarge(AnswerBody.of(chunk));
      return;
    }
    Buffer json = chunk.jsonBytes();
    if (json.length() >= LARGE_BYTES) {
      flush();
      write(json);
    } else {
      gathered.appendBuffer(json);
    }
    gathered.appendString(format.afterChunk());
    if (gathered.length() >= GATHERED_BYTES) {
      flush();
    }
    if (!awaitsEndOfPass) {
      awaitsEndOfPass = true;
      exchange.scope().atEndOfPass(flushLater);
    }
  }

  /** Writes a large chunk as the client takes it; nothing goes on before that. */
  private void writeLarge(AnswerBody body) {
    flush();
    writingLarge = true;
    stream.pause();
    ClientConnection client = exchange.client();
    new BodyWriter(response, client, body, last -> response.write(last).onComplete(this::taken))
        .write();
  }

  /** Goes on behind a large chunk. */
  private void taken(AsyncResult<Void> written) {
    exchange.hold().releaseFirst();
    exchange.client().busy();
    writingLarge = false;
    gathered.appendString(format.afterChunk());
    Runnable last = ending;
    if (last != null) {
      last.run();
    } else if (!over) {
      flush();
      exchange.scope().atEndOfPass(resumeLater);
    }
  }

  private void beginOnce() {
    if (!begun) {
      begun = true;
      stopTimer();
      exchange.beginStream(format);
    }
  }

  private void flushAtEndOfPass() {
    awaitsEndOfPass = false;
    if (!over) {
      flush();
    }
  }

  private void flush() {
    if (gathered.length() > 0 && !writingLarge) {
      Buffer ready = gathered;
      gathered = Buffer.buffer(GATHER_HINT);
      write(ready);
    }
  }

  private void write(Buffer bytes) {
    silentSeconds = 0;
    response.write(bytes);
    if (response.writeQueueFull()) {
      stream.pause();
      response.drainHandler(drained -> exchange.scope().atEndOfPass(resumeLater));
    }
  }

  /**
   * Reads on from the stream. The queue may drain within a write: what the stream then has at hand
   * must not overtake it.
   */
  private void resume() {
    if (!over && !writingLarge && !response.writeQueueFull()) {
      stream.resume();
    }
  }

  /** Lets a second pass: an event stream that has been silent for long says that it is there. */
  private void tick() {
    if (format == StreamFormat.SSE && begun && !over && ++silentSeconds >= HEARTBEAT_SECONDS) {
      if (writingLarge || response.writeQueueFull()) {
        return;
      }
      gathered.appendString(COMMENT);
      flush();
    }
  }

  private void ended(StreamEnd end) {
    if (over || awaitsChunk(() -> ended(end))) {
      return;
    }
    over = true;
    beginOnce();
    format.appendEnd(gathered, end);
    exchange.endStream(gathered);
  }

  /** Returns whether that has to wait for the large chunk that is being written. */
  private boolean awaitsChunk(Runnable last) {
    if (writingLarge) {
      ending = last;
    }
    return writingLarge;
  }

  private void failed(Throwable failure) {
    if (over || awaitsChunk(() -> failed(failure))) {
      return;
    }
    over = true;
    stopTimer();
    if (!begun) {
      exchange.hold().release();
      exchange.client().served();
      exchange.fail(failure);
      return;
    }
    SnakepitException error = Problem.explain(failure, exchange.callId());
    format.appendError(gathered, error);
    exchange.endStream(gathered);
  }
}
