package io.snakepit.http;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.CallExecutor;
import io.snakepit.bus.PoolClient;
import io.snakepit.config.HttpOptions;
import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves HTTP while it is deployed. One instance listens on one event loop; it reads calls from
 * requests, hands them to the executor, and answers with what comes back.
 *
 * <p>Undeploying it lets the answers under way finish for at most {@link #STOP_SECONDS}.
 */
public final class HttpVerticle extends VerticleBase {
  /** How long a stop waits for answers under way, in seconds. */
  public static final int STOP_SECONDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  private final HttpOptions options;
  private final CallExecutor executor;
  private final PoolClient pools;
  private final @Nullable Context neighbour;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable Connections housekeeping;
  private volatile @Nullable Context serverContext;
  private volatile long timer;

  /**
   * @param executor runs the calls
   * @param pools asks pools and gives them orders
   * @param neighbour whose event loop it serves on, so that calls need no change of thread to reach
   *     it; the context's own end is not this verticle's. Null: Vert.x chooses an event loop
   */
  public HttpVerticle(
      HttpOptions options, CallExecutor executor, PoolClient pools, @Nullable Context neighbour) {
    this.options = options;
    this.executor = executor;
    this.pools = pools;
    this.neighbour = neighbour;
  }

  /**
   * The port that is listened on, which is of interest where {@code http.port} is 0. Any thread.
   *
   * @return 0 before the verticle is deployed
   */
  public int actualPort() {
    HttpServer listening = server;
    return listening == null ? 0 : listening.actualPort();
  }

  /** How much was refused that no honest client does: bytes that are no HTTP, bodies too slow. */
  long refused() {
    Connections kept = housekeeping;
    return kept == null ? 0 : kept.refusals();
  }

  /** Fails with a message that names port and setting if the port can't be listened on. */
  @Override
  public Future<?> start() {
    Promise<HttpServer> listening = Promise.promise();
    Context home = chooseContext();
    serverContext = home;
    home.runOnContext(here -> listen().onComplete(listening));
    return listening.future().recover(failure -> Future.failedFuture(explain(failure)));
  }

  private Context chooseContext() {
    if (neighbour == null) {
      return context;
    }
    // Of the verticle that the neighbour is, only the thread is shared: a server that listened on
    // its context would be closed with it.
    return Contexts.beside(vertx, neighbour);
  }

  private Future<HttpServer> listen() {
    Connections kept = new Connections(vertx, Clock.systemUTC());
    housekeeping = kept;
    timer = vertx.setPeriodic(Connections.TICK_MS, second -> kept.tick());
    HttpServer made =
        vertx
            .createHttpServer(Limits.serverOptions())
            .connectionHandler(kept::opened)
            .invalidRequestHandler(new InvalidRequests(kept))
            .exceptionHandler(lost -> LOG.debug("a connection was lost", lost))
            .requestHandler(dispatcher(kept));
    return made.listen(options.port(), options.host()).onSuccess(listening -> server = listening);
  }

  private Dispatcher dispatcher(Connections kept) {
    CallRoutes calls = new CallRoutes(executor, options.maxBodyBytes(), options.maxUploadBytes());
    List<Route> routes = new ArrayList<>(calls.routes());
    routes.addAll(new InspectionRoutes(pools).routes());
    routes.addAll(new OrderRoutes(pools, executor, options.maxBodyBytes()).routes());
    routes.addAll(new HealthRoutes(pools).routes());
    return new Dispatcher(kept, new ApiKeys(options.apiKeys()), calls, List.copyOf(routes));
  }

  private IllegalStateException explain(Throwable failure) {
    vertx.cancelTimer(timer);
    return new IllegalStateException(
        "http.port: can't listen on port %d of %s (http.host): %s"
            .formatted(options.port(), options.host(), failure.getMessage()),
        failure);
  }

  /** Where requests are answered; once the verticle is deployed. */
  Context serverContext() {
    return requireNonNull(serverContext);
  }

  /** What is done once a second; once the verticle is deployed, and on {@link #serverContext}. */
  Connections housekeeping() {
    return requireNonNull(housekeeping);
  }

  /** Takes no more connections, and completes when the answers under way are sent. */
  @Override
  public Future<?> stop() {
    HttpServer listening = server;
    Connections kept = housekeeping;
    if (listening == null || kept == null) {
      return Future.succeededFuture();
    }
    kept.close();
    return listening
        .shutdown(STOP_SECONDS, TimeUnit.SECONDS)
        .onComplete(closed -> vertx.cancelTimer(timer));
  }
}
