package io.snakepit.vertx;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Abilities of Vert.x contexts beyond their public interface. Any thread may call all of it. */
public final class Contexts {
  private static final Logger LOG = LoggerFactory.getLogger(Contexts.class);

  private Contexts() {}

  /** Returns the current context, or makes one if the current thread has none. */
  public static Context currentOrNew(Vertx vertx) {
    return ((VertxInternal) vertx).getOrCreateContext();
  }

  /**
   * Makes a context on an event loop that Vert.x chooses. It belongs to no verticle, and a Vert.x
   * that closes does not end what was made on it, such as a server: its maker does.
   */
  public static Context create(Vertx vertx) {
    return ((VertxInternal) vertx).contextBuilder().withCloseFuture(new CloseFuture()).build();
  }

  /**
   * Makes a context on the event loop of another. What was made on it ends neither with the
   * verticle that the other belongs to nor with the Vert.x that closes: its maker ends it.
   */
  public static Context beside(Vertx vertx, Context neighbour) {
    return ((VertxInternal) vertx)
        .contextBuilder()
        .withEventLoop(((ContextInternal) neighbour).nettyEventLoop())
        .withCloseFuture(new CloseFuture())
        .build();
  }

  /** Returns whether two contexts share their event loop, so that neither waits for the other. */
  public static boolean shareEventLoop(Context one, Context other) {
    return ((ContextInternal) one).nettyEventLoop() == ((ContextInternal) other).nettyEventLoop();
  }

  /** Returns whether the current thread is the event loop of a context. */
  public static boolean isOnEventLoopOf(Context context) {
    return ((ContextInternal) context).nettyEventLoop().inEventLoop();
  }

  /** Returns whether the current thread is one that runs a context's tasks. */
  public static boolean isOnThreadOf(Context context) {
    return ((ContextInternal) context).inThread();
  }

  /** Makes a promise whose future completes on a context, whichever thread completes it. */
  public static <T> Promise<T> promise(Context context) {
    return ((ContextInternal) context).promise();
  }

  /**
   * Runs a task on a context: at once if the current thread is its event loop, else soon.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the event loop has ended
   */
  public static <T> void emit(Context context, T argument, Handler<T> task) {
    ((ContextInternal) context).emit(argument, task);
  }

  /**
   * Makes a context the current one until {@link #endDispatch}. Only on its own event loop.
   *
   * @return the context that was current, to be given back to {@link #endDispatch}; null if none
   */
  public static @Nullable Context beginDispatch(Context context) {
    return ((ContextInternal) context).beginDispatch();
  }

  /** Ends what {@link #beginDispatch} has begun. */
  public static void endDispatch(Context context, @Nullable Context previous) {
    ((ContextInternal) context).endDispatch((ContextInternal) previous);
  }

  /**
   * Makes a context on the event loop of another, whose errors of the JVM are told to the handler
   * of a third: that of the verticle which runs there.
   */
  public static Context beside(Vertx vertx, Context neighbour, Context verticle) {
    Context made = beside(vertx, neighbour);
    made.exceptionHandler(
        thrown -> {
          Handler<Throwable> handler = ((ContextInternal) verticle).exceptionHandler();
          if (thrown instanceof VirtualMachineError && handler != null) {
            handler.handle(thrown);
          } else {
            LOG.error("a fault on an event loop", thrown);
          }
        });
    return made;
  }

  /** Tells a context's exception handler of a fault that nobody has caught. */
  public static void reportException(Context context, Throwable fault) {
    ((ContextInternal) context).reportException(fault);
  }
}
