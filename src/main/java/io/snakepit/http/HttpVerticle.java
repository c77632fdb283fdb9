package io.snakepit.http;

import static java.util.Objects.requireNonNull;

import io.snakepit.api.CallExecutor;
import io.snakepit.bus.PoolClient;
import io.snakepit.config.Authority;
import io.snakepit.config.HttpOptions;
import io.snakepit.vertx.Contexts;
import io.snakepit.vertx.HttpInternals;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verticle that serves HTTP while it is deployed. One instance listens on one event loop; it reads
 * calls from requests, hands them to the executor, and answers with what comes back.
 *
 * <p>Undeploying it lets the answers under way finish for at most {@link #STOP_SECONDS}.
 */
public final class HttpVerticle extends VerticleBase {
  /** The time that a stop waits for answers under way, in seconds. */
  public static final int STOP_SECONDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  /** No timer's number; the first one that anybody sets on a Vert.x has 0. */
  private static final long NO_TIMER = -1;

  private final HttpOptions options;
  private final CallExecutor executor;
  private final PoolClient pools;
  private final @Nullable Context neighbour;
  private volatile @Nullable HttpServer server;
  private volatile @Nullable ServerScope scope;
  private volatile @Nullable Context serverContext;
  private volatile long timer = NO_TIMER;

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
   * Returns the port that is listened on, which is of interest where {@code http.port} is 0. Any
   * thread.
   *
   * @return 0 before the verticle is deployed
   */
  public int actualPort() {
    HttpServer listening = server;
    return listening == null ? 0 : listening.actualPort();
  }

  /**
   * Returns how much was refused that no honest client does: bytes that are no HTTP, slow bodies.
   */
  long refused() {
    ServerScope known = scope;
    return known == null ? 0 : known.refusals().count();
  }

  /** Listens; fails with a message that names port and setting if that can't be done. */
  @Override
  public Future<?> start() {
    Promise<HttpServer> listening = Promise.promise();
    Context home = chooseContext();
    serverContext = home;
    home.runOnContext(
        here -> isLoopback().map(this::admission).compose(this::listen).onComplete(listening));
    return listening.future().recover(failure -> Future.failedFuture(explain(failure)));
  }

  private Context chooseContext() {
    if (neighbour == null) {
      return context;
    }
    // Of the verticle that the neighbour is, only the thread is shared: a server that listened on
    // its context would be closed with it.
    return Contexts.beside(vertx, neighbour, context);
  }

  private Future<HttpServer> listen(Admission admission) {
    if (options.port() > 0 && HttpInternals.isServing(vertx, options.port(), options.host())) {
      return Future.failedFuture("a server of the same Vert.x listens there already");
    }
    ServerScope made = ServerScope.create(vertx, Clock.systemUTC(), options.idleTimeoutMs());
    scope = made;
    timer = vertx.setPeriodic(ServerScope.TICK_MS, second -> made.tick());
    return vertx
        .createHttpServer(Limits.serverOptions())
        .connectionHandler(
            connection -> {
              connection.exceptionHandler(this::lost);
              made.connections().opened(connection);
            })
        .invalidRequestHandler(new InvalidRequests(made))
        .exceptionHandler(this::lost)
        .requestHandler(dispatcher(made, admission))
        .listen(options.port(), options.host())
        .onSuccess(listening -> server = listening);
  }

  private Admission admission(boolean isLoopback) {
    return new Admission(
        new AllowedHosts(options.allowedHosts(), Authority.ofHost(options.host()), isLoopback),
        new AllowedOrigins(options.cors().allowedOrigins()),
        new ApiKeys(options.apiKeys()));
  }

  /** Returns whether only this machine can connect; a name may have to be looked up for that. */
  private Future<Boolean> isLoopback() {
    Authority host = Authority.ofHost(options.host());
    if (host != null && host.isLoopback()) {
      return Future.succeededFuture(true);
    }
    return vertx
        .executeBlocking(() -> InetAddress.getByName(options.host()).isLoopbackAddress())
        // Nor will it be listened on; if it should all the same, then by the stricter rule.
        .otherwise(true);
  }

  private Dispatcher dispatcher(ServerScope made, Admission admission) {
    CallRoutes calls = new CallRoutes(executor, options.maxBodyBytes(), options.maxUploadBytes());
    List<Route> routes = new ArrayList<>(calls.routes());
    routes.addAll(new InspectionRoutes(pools).routes());
    routes.addAll(new OrderRoutes(pools, executor).routes());
    routes.addAll(new HealthRoutes(pools).routes());
    return new Dispatcher(made, admission, calls, List.copyOf(routes));
  }

  private void lost(Throwable thrown) {
    LOG.debug("a connection was lost", thrown);
    if (thrown instanceof VirtualMachineError) {
      Contexts.reportException(serverContext(), thrown);
    }
  }

  private IllegalStateException explain(Throwable failure) {
    vertx.cancelTimer(timer);
    return new IllegalStateException(
        "http.port: can't listen on port %d of %s (http.host): %s"
            .formatted(options.port(), options.host(), failure.getMessage()),
        failure);
  }

  /** Returns the context that requests are answered on; once the verticle is deployed. */
  Context serverContext() {
    return requireNonNull(serverContext);
  }

  /** Returns what all exchanges share; once the verticle is deployed, on {@link #serverContext}. */
  ServerScope scope() {
    return requireNonNull(scope);
  }

  /**
   * Lets no second pass any more of itself, for a test that lets them pass; once the verticle is
   * deployed.
   */
  void stopClock() {
    vertx.cancelTimer(timer);
  }

  /** Takes no more connections, and completes when the answers under way are sent. */
  @Override
  public Future<?> stop() {
    HttpServer listening = server;
    ServerScope known = scope;
    if (listening == null || known == null) {
      return Future.succeededFuture();
    }
    known.connections().close();
    return listening
        .shutdown(STOP_SECONDS, TimeUnit.SECONDS)
        .onComplete(closed -> vertx.cancelTimer(timer));
  }
}
