package io.snakepit.http;

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
import org.jspecify.annotations.Nullable;

/**
 * What is done once a second for all connections, so that no request needs a clock or a timer: the
 * {@code Date} header is made, and connections are closed whose client has been quiet for too long
 * while it is its turn: before a request's head is whole, within a body, or between requests. A
 * call that runs is never quiet.
 */
final class Housekeeping {
  /** How long a client may be quiet, in seconds. */
  static final int MAX_QUIET_SECONDS = 75;

  static final long TICK_MS = 1_000;

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final Vertx vertx;
  private final Clock clock;
  private final IdentityHashMap<Object, Visit> visits = new IdentityHashMap<>();
  private final CallIds callIds = new CallIds();
  private CharSequence date;
  private int seconds;
  private volatile boolean closing;

  Housekeeping(Vertx vertx, Clock clock) {
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

  void cancel(long timer) {
    vertx.cancelTimer(timer);
  }

  /** A client has connected. */
  void opened(HttpConnection connection) {
    opened(connection, connection::close);
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
    return known == null ? opened(connection, connection::close) : known;
  }

  int connections() {
    return visits.size();
  }

  /** A second has passed. */
  void tick() {
    seconds++;
    date = dateNow();
    List<Visit> overdue = new ArrayList<>();
    for (Visit visit : visits.values()) {
      if (visit.isOverdue()) {
        overdue.add(visit);
      }
    }
    overdue.forEach(visit -> visit.closer.run());
  }

  private CharSequence dateNow() {
    return HttpHeaders.createOptimized(FORMAT.format(Instant.now(clock)));
  }

  /** One connection: whose turn it is, since when, and which call its client waits for. */
  final class Visit {
    private final Runnable closer;
    private boolean ours;
    private int since = seconds;
    private @Nullable Caller caller;

    private Visit(Runnable closer) {
      this.closer = closer;
    }

    /** It is our turn: the client waits for its answer. */
    void busy() {
      ours = true;
    }

    /** It is the client's turn to send a body. */
    void reading() {
      quiet();
    }

    /** The client has sent something. */
    void touch() {
      since = seconds;
    }

    /** It is the client's turn to send the next request. */
    void quiet() {
      ours = false;
      since = seconds;
    }

    /** The client waits for a call: the only one, since HTTP/1.1 answers one after the other. */
    void awaits(Caller waiting) {
      caller = waiting;
    }

    /** Its call is over. */
    void served(Caller waiting) {
      waiting.served();
      caller = null;
    }

    private void gone() {
      Caller waiting = caller;
      caller = null;
      if (waiting != null) {
        waiting.gone();
      }
    }

    private boolean isOverdue() {
      return !ours && seconds - since > MAX_QUIET_SECONDS;
    }
  }
}
