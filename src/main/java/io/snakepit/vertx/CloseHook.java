package io.snakepit.vertx;

import io.vertx.core.Closeable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;

/** An action that a Vert.x waits for before it closes. Any thread may call it. */
public final class CloseHook {
  private final VertxInternal vertx;
  private final Closeable hook;

  private CloseHook(VertxInternal vertx, Closeable hook) {
    this.vertx = vertx;
    this.hook = hook;
  }

  /**
   * Makes a hook, which does nothing until it is added.
   *
   * @param action run when Vert.x closes, before it undeploys anything
   */
  public static CloseHook of(Vertx vertx, Supplier<Future<Void>> action) {
    return new CloseHook((VertxInternal) vertx, completion -> action.get().onComplete(completion));
  }

  /** Has Vert.x run the action when it closes. */
  public void add() {
    vertx.addCloseHook(hook);
  }

  /** Has Vert.x forget the action. Does nothing if it was not added. */
  public void remove() {
    vertx.removeCloseHook(hook);
  }
}
