package io.snakepit.http;

import io.snakepit.telemetry.RefusalLog;
import io.snakepit.vertx.HttpInternals;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done once a second for all connections, so that no request needs a clock or a timer: the
 * {@code Date} header is made, and connections are closed whose client has been quiet for too long
 * while it is its turn: before a request's head is whole, within a body, or between requests, or
 * with an answer that it doesn't take. A call that runs is never quiet. A body has to come at a
 * least rate as well, so that no client can hold on to it with a byte now and then.
 */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** How long a client may be quiet, in seconds. */
  static final int MAX_QUIET_SECONDS = 75;

  /** Slower than that, in bytes a second on the average, no body may come for longer than that. */
  static final int MIN_BODY_RATE = 500;

  static final long TICK_MS = 1_000;

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final Vertx vertx;
  private final Clock clock;
  private final IdentityHashMap<Object, Visit> visits = new IdentityHashMap<>();
  private final CallIds callIds = new CallIds();
  private final RefusalLog refusals = new RefusalLog();
  private CharSequence date;
  private int seconds;
  private volatile boolean closing;

  Connections(Vertx vertx, Clock clock) {
    this.vertx = vertx;
    this.clock = clock;
    this.date = dateNow();
  }

  /** The {@code Date} of an answer now. */
  CharSequence date() {
    return date;
  }

  CallIds callIds() {
    return callIds;
  }

  /** Whether each answer is its connection's last. */
  boolean isClosing() {
    return closing;
  }

  /** From now on each answer is its connection's last. Any thread. */
  void close() {
    closing = true;
  }

  /** Runs an action once, after that many milliseconds. */
  long after(long delayMs, Runnable action) {
    return vertx.setTimer(delayMs, due -> action.run());
  }

  /** Runs an action once all that the event loop has at hand is done, on the same thread. */
  void atEndOfPass(Runnable action) {
    vertx.runOnContext(later -> action.run());
  }

  void cancel(long timer) {
    vertx.cancelTimer(timer);
  }

  /** A client has connected. */
  void opened(HttpConnection connection) {
    opened(connection, () -> HttpInternals.abort(connection));
    connection.closeHandler(closed -> closed(connection));
  }

  /** A connection has ended, whoever ended it. */
  void closed(Object connection) {
    Visit visit = visits.remove(connection);
    if (visit != null) {
      visit.gone();
    }
  }

  Visit opened(Object connection, Runnable closer) {
    Visit visit = new Visit(closer);
    visits.put(connection, visit);
    return visit;
  }

  /** How the client of that connection behaves. */
  Visit visitOf(HttpConnection connection) {
    Visit known = visits.get(connection);
    return known == null ? opened(connection, () -> HttpInternals.abort(connection)) : known;
  }

  /**
   * Something was refused that no honest client does. It is counted, and told in the log, though
   * not each of them: nobody shall fill that from outside.
   */
  void refused(String what) {
    String line = refusals.refused(what, TimeUnit.SECONDS.toNanos(seconds));
    if (line == null) {
      LOG.debug("refused {}", what);
    } else {
      LOG.warn("refused {}", line);
    }
  }

  /** How much was. */
  long refusals() {
    return refusals.count();
  }

  int connections() {
    return visits.size();
  }

  /** A second has passed. */
  void tick() {
    seconds++;
    date = dateNow();
    // What is to be done may close connections, which takes them from the map.
    List<Runnable> actions = new ArrayList<>();
    for (Visit visit : visits.values()) {
      Runnable action = visit.tick();
      if (action != null) {
        actions.add(action);
      }
    }
    actions.forEach(Runnable::run);
  }

  private CharSequence dateNow() {
    return HttpHeaders.createOptimized(FORMAT.format(Instant.now(clock)));
  }

  /** What a connection waits for. */
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

  /** One connection: whose turn it is, since when, and which call its client waits for. */
  final class Visit {
    private final Runnable closer;
    private Turn turn = Turn.HEAD;
    private int since = seconds;
    private int bodySeconds;
    private long bodyBytes;
    private @Nullable CancelOnDisconnect caller;
    private @Nullable Runnable everySecond;
    private boolean told;

    private Visit(Runnable closer) {
      this.closer = closer;
    }

    /** It is our turn: the client waits for its answer, or until we want more of its body. */
    void busy() {
      turn = Turn.OURS;
    }

    /** It is the client's turn to send a body, from its begin. */
    void reading() {
      bodySeconds = 0;
      bodyBytes = 0;
      readingOn();
    }

    /** It is the client's turn again to go on with its body. */
    void readingOn() {
      change(Turn.BODY);
    }

    /** The client has sent so many bytes of its body. */
    void touch(int bytes) {
      since = seconds;
      bodyBytes += bytes;
    }

    /** It is the client's turn to take its answer, of which it has just taken a part. */
    void writing() {
      change(Turn.ANSWER);
    }

    /** It is the client's turn to send the next request. */
    void quiet() {
      change(Turn.HEAD);
    }

    private void change(Turn next) {
      turn = next;
      since = seconds;
    }

    /** The client waits for a call: the only one, since HTTP/1.1 answers one after the other. */
    void awaits(CancelOnDisconnect waiting) {
      caller = waiting;
    }

    /** Runs an action every second while the client waits for its call. */
    void everySecond(Runnable action) {
      everySecond = action;
    }

    /** Its call is over. */
    void served() {
      CancelOnDisconnect waiting = caller;
      caller = null;
      everySecond = null;
      if (waiting != null) {
        waiting.served();
      }
    }

    /** The client waits no more for its call, which is cancelled. */
    void gone() {
      CancelOnDisconnect waiting = caller;
      caller = null;
      everySecond = null;
      if (waiting != null) {
        waiting.gone();
      }
    }

    /** What there is to do after another second. */
    private @Nullable Runnable tick() {
      if (turn == Turn.OURS) {
        return everySecond;
      }
      if (turn == Turn.BODY) {
        bodySeconds++;
      }
      return isOverdue() ? this::end : everySecond;
    }

    /**
     * The client has been too slow. One that only asks for nothing more is no matter of the log.
     */
    private void end() {
      if (turn != Turn.HEAD && !told) {
        told = true;
        refused(
            turn == Turn.BODY
                ? "a body that comes too slowly"
                : "to wait for an answer to be taken");
      }
      closer.run();
    }

    private boolean isOverdue() {
      return seconds - since > MAX_QUIET_SECONDS
          || (turn == Turn.BODY && bodySeconds > MAX_QUIET_SECONDS + bodyBytes / MIN_BODY_RATE);
    }
  }
}
