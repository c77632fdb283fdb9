package io.snakepit.host;

import io.snakepit.vertx.Contexts;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supervisor of verticles, which keeps them deployed. One that was undeployed by somebody else, or
 * whose context has met a fault that nobody caught, is replaced by a new one, at once for the first
 * time, then after pauses that grow. The idea is that of Erlang's supervisors: what is in an
 * unknown state is not repaired but begun anew.
 *
 * <p>Any thread may call it.
 */
public final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  private static final long LONGEST_PAUSE_MS = 1_600;
  private static final long FIRST_PAUSE_MS = 50;

  /** The age at which a child counts as healthy: its next pause is none. */
  private static final long HEALTHY_MS = 60_000;

  private final Vertx vertx;
  private final Predicate<Throwable> fatal;

  /** A context of its own: what a verticle's has begun, timers included, ends with the verticle. */
  private final Context context;

  private final Map<String, Child> children = new ConcurrentHashMap<>();

  /**
   * @param fatal takes what ends the whole host, so that nothing is to be replaced
   */
  public Supervisor(Vertx vertx, Predicate<Throwable> fatal) {
    this.vertx = vertx;
    this.fatal = fatal;
    this.context = Contexts.create(vertx);
  }

  /**
   * A recipe to make a child, and again.
   *
   * @param maker makes the verticle, a new one each time
   * @param deployment how it is deployed
   * @param ownContext nothing but the verticle runs on its context: a fault there is its own
   */
  public record Kind(
      Supplier<? extends Deployable> maker, DeploymentOptions deployment, boolean ownContext) {

    /** Returns the recipe for a child on whose context nothing else runs. */
    static Kind onItsOwn(Supplier<? extends Deployable> maker) {
      return new Kind(maker, new DeploymentOptions(), true);
    }
  }

  /**
   * Deploys a child for the first time. If that fails it is not tried again: the start has failed.
   *
   * @param name unique, for people
   */
  public Future<Void> deploy(String name, Kind kind) {
    Child child = new Child(name, kind);
    children.put(name, child);
    return child.deploy().onFailure(failed -> children.remove(name));
  }

  /** Replaces a child that has found itself broken. Does nothing if it is being stopped. */
  public void crashed(String name, Throwable why) {
    Child child = children.get(name);
    if (child != null) {
      child.crash(why);
    }
  }

  /** Undeploys a child for good. Completes when it is gone, whatever its own stop says. */
  public Future<Void> stop(String name) {
    Child child = children.remove(name);
    return child == null ? Future.succeededFuture() : child.stop();
  }

  private final class Child {
    private final String name;
    private final Kind kind;
    private volatile @Nullable String deployment;
    private volatile Future<Void> deploying = Future.succeededFuture();
    private volatile Future<Void> gone = Future.succeededFuture();
    private volatile boolean stopping;
    private volatile long deployedAt;
    private volatile long pauseMs;

    Child(String name, Kind kind) {
      this.name = name;
      this.kind = kind;
    }

    /**
     * Begins a deployment. Under the lock that {@link #stop} takes: a stop either comes before, and
     * nothing is deployed any more, or finds the deployment and undoes it.
     */
    synchronized Future<Void> deploy() {
      deployedAt = System.nanoTime();
      // On a context of no verticle: it would be the child of whoever starts the host, and be
      // undeployed before that one's stop.
      Promise<String> deployed = Promise.promise();
      context.runOnContext(
          own ->
              vertx
                  .deployVerticle(new Watched(this, kind), kind.deployment())
                  .onSuccess(id -> deployment = id)
                  .onComplete(deployed));
      deploying = deployed.future().mapEmpty();
      return deploying;
    }

    void crash(Throwable why) {
      if (!fatal.test(why) && !stopping) {
        LOG.error("{} has crashed and is replaced", name, why);
        undeploy();
      }
    }

    /** Hears of a fault on a context that others run on as well. */
    void suffer(Throwable why) {
      if (!fatal.test(why)) {
        LOG.error("a fault on the event loop of {}", name, why);
      }
    }

    /** Notes that the child is about to end, by whose will ever. */
    void ends(Future<?> end) {
      deployment = null;
      gone = end.transform(over -> Future.succeededFuture());
      gone.onComplete(over -> ended());
    }

    private void ended() {
      if (stopping) {
        return;
      }
      long pause = nextPause();
      LOG.warn("{} has ended unasked: it is deployed anew in {} ms", name, pause);
      context.runOnContext(own -> vertx.setTimer(Math.max(1, pause), due -> redeploy()));
    }

    private long nextPause() {
      boolean healthy = System.nanoTime() - deployedAt > HEALTHY_MS * 1_000_000;
      long pause = healthy ? 0 : pauseMs;
      pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * pause));
      return pause;
    }

    private void redeploy() {
      Future<Void> deployed;
      synchronized (this) {
        if (stopping) {
          return;
        }
        deployed = deploy();
      }
      deployed.onFailure(
          failure -> {
            LOG.error("{} can't be deployed anew", name, failure);
            ended();
          });
    }

    /** Ends the child; also waits for a deployment, or an end, that is under way. */
    Future<Void> stop() {
      Future<Void> last;
      synchronized (this) {
        stopping = true;
        last = deploying;
      }
      return last.transform(settled -> undeploy()).compose(undeployed -> gone);
    }

    private Future<Void> undeploy() {
      String id = deployment;
      return id == null ? Future.succeededFuture() : vertx.undeploy(id).otherwiseEmpty();
    }
  }

  /** A verticle that tells its child when it is gone. */
  private static final class Watched implements Deployable {
    private final Child child;
    private final Kind kind;
    private @Nullable Deployable verticle;

    Watched(Child child, Kind kind) {
      this.child = child;
      this.kind = kind;
    }

    @Override
    public Future<?> deploy(Context context) throws Exception {
      Deployable made = kind.maker().get();
      verticle = made;
      context.exceptionHandler(kind.ownContext() ? child::crash : child::suffer);
      return made.deploy(context);
    }

    @Override
    public Future<?> undeploy(Context context) throws Exception {
      Deployable made = verticle;
      if (made == null) {
        return Future.succeededFuture();
      }
      Future<?> end = made.undeploy(context);
      child.ends(end);
      return end;
    }
  }
}
