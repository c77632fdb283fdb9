package io.snakepit.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * State of one client's connection: whose turn it is, since when, and which call the client waits
 * for. A client that is quiet for too long while it is its turn is cut off. On the server's event
 * loop.
 */
final class ClientConnection {
  /** Seconds that a client may take nothing of its answer, which takes room meanwhile. */
  static final int MAX_UNTAKEN_SECONDS = 10;

  /** Milliseconds by which two looks at the same sending may differ. */
  private static final long SAME_MS = 50;

  /** The least rate at which a body may come for longer than that, in bytes a second. */
  static final int MIN_BODY_RATE = 500;

  private final Runnable closer;
  private final LongSupplier sinceSentMs;
  private final int idleSeconds;
  private final Refusals refusals;
  private Turn turn = Turn.HEAD;
  private int quietSeconds;
  private long lastSentAtMs;
  private int bodySeconds;
  private long bodyBytes;
  private @Nullable CancelOnDisconnect waiting;
  private @Nullable Runnable everySecond;
  private @Nullable Runnable whenGone;
  private boolean told;

  /** The event that a connection waits for. */
  private enum Turn {
    /** For us: the client waits for its answer. */
    OURS,
    /** For the client, to send a request's head. */
    HEAD,
    /** For the client, to send its body. */
    BODY,
    /** For the client, to take its answer. */
    ANSWER
  }

  /**
   * @param closer ends the connection at once
   * @param sinceSentMs tells how long ago the client's machine let something be sent to it, in
   *     milliseconds; negative: unknown
   * @param idleSeconds that a client may be quiet; 0: for ever
   * @param refusals counts a client that is cut off while it holds on to a request
   */
  ClientConnection(Runnable closer, LongSupplier sinceSentMs, int idleSeconds, Refusals refusals) {
    this.closer = closer;
    this.sinceSentMs = sinceSentMs;
    this.idleSeconds = idleSeconds;
    this.refusals = refusals;
  }

  /** Makes it our turn: the client waits for its answer, or until we want more of its body. */
  void busy() {
    turn = Turn.OURS;
  }

  /** Makes it the client's turn to send a body, from its begin. */
  void reading() {
    bodySeconds = 0;
    bodyBytes = 0;
    readingOn();
  }

  /** Makes it the client's turn again to go on with its body. */
  void readingOn() {
    change(Turn.BODY);
  }

  /** Notes that the client has sent so many bytes of its body. */
  void touch(int bytes) {
    quietSeconds = 0;
    bodyBytes += bytes;
  }

  /** Makes it the client's turn to take its answer, of which it has just taken a part. */
  void writing() {
    change(Turn.ANSWER);
  }

  /** Notes that the client has taken its answer, unless its next request has begun. */
  void taken() {
    if (turn == Turn.ANSWER) {
      quiet();
    }
  }

  /** Makes it the client's turn to send the next request. */
  void quiet() {
    change(Turn.HEAD);
  }

  private void change(Turn next) {
    turn = next;
    quietSeconds = 0;
  }

  /** Has the client wait for a call: the only one, since HTTP/1.1 answers one after the other. */
  void awaits(CancelOnDisconnect call) {
    waiting = call;
  }

  /** Runs an action every second while the client waits for its call. */
  void everySecond(Runnable action) {
    everySecond = action;
  }

  /** Has that done if the client goes, in place of what was to be done until now; null: nothing. */
  void whenGone(@Nullable Runnable action) {
    whenGone = action;
  }

  /** Ends the waiting: the call is over. */
  void served() {
    CancelOnDisconnect call = stopWaiting();
    if (call != null) {
      call.served();
    }
  }

  /** Cancels the call that the client waits for, if any: it waits no more. */
  void gone() {
    Runnable last = whenGone;
    whenGone = null;
    if (last != null) {
      last.run();
    }
    cancelCall();
  }

  /** Cancels the call that the client waits for, if any, though it is still there. */
  void cancelCall() {
    CancelOnDisconnect call = stopWaiting();
    if (call != null) {
      call.gone();
    }
  }

  private @Nullable CancelOnDisconnect stopWaiting() {
    CancelOnDisconnect call = waiting;
    waiting = null;
    everySecond = null;
    return call;
  }

  /** Lets a second pass, and returns what there is to do then; null if nothing. */
  @Nullable Runnable tick() {
    if (turn == Turn.OURS) {
      return everySecond;
    }
    quietSeconds++;
    if (turn == Turn.BODY) {
      bodySeconds++;
    } else if (turn == Turn.ANSWER && hasTakenSome()) {
      quietSeconds = 0;
    }
    return isOverdue() ? this::end : everySecond;
  }

  /** Ends a connection whose client has been too slow. One without a request is no refusal. */
  private void end() {
    if (turn != Turn.HEAD && !told) {
      told = true;
      refusals.add(
          turn == Turn.BODY ? "a body that comes too slowly" : "to wait for an answer to be taken");
    }
    closer.run();
  }

  private boolean isOverdue() {
    if (turn == Turn.ANSWER) {
      return quietSeconds > MAX_UNTAKEN_SECONDS;
    }
    return idleSeconds > 0
        && (quietSeconds > idleSeconds
            || (turn == Turn.BODY && bodySeconds > idleSeconds + bodyBytes / MIN_BODY_RATE));
  }

  /**
   * Returns whether something has been sent since the last look. What a slow client takes shows
   * there long before there is room for the next write.
   */
  private boolean hasTakenSome() {
    long since = sinceSentMs.getAsLong();
    if (since < 0) {
      return false;
    }
    long sentAt = TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) - since;
    boolean sent = sentAt - lastSentAtMs > SAME_MS;
    lastSentAtMs = sentAt;
    return sent;
  }
}
