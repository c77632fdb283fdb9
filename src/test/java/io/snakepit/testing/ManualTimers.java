package io.snakepit.testing;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Timers that a test fires by hand, so that it waits for no time. To be handed on as {@link
 * #vertx}, which leaves all else to a real Vert.x, if there is one.
 */
public final class ManualTimers {
  private final @Nullable Vertx others;
  private final Map<Long, Timer> pending = new ConcurrentSkipListMap<>();
  private final Vertx vertx =
      (Vertx)
          Proxy.newProxyInstance(
              Vertx.class.getClassLoader(),
              new Class<?>[] {Vertx.class},
              (proxy, method, arguments) -> call(method, arguments));
  private long lastId;

  private record Timer(long delayMs, Handler<Long> task) {}

  /** Makes timers without a Vert.x: whoever wants more of it fails. */
  public ManualTimers() {
    this(null);
  }

  public ManualTimers(@Nullable Vertx others) {
    this.others = others;
  }

  /** Returns a Vert.x that has these timers. */
  public Vertx vertx() {
    return vertx;
  }

  @SuppressWarnings("unchecked")
  private Object call(Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "setTimer":
        return set(new Timer((Long) arguments[0], (Handler<Long>) arguments[1]));
      case "cancelTimer":
        return pending.remove((Long) arguments[0]) != null;
      default:
        if (others == null) {
          throw new AssertionError("there is no Vert.x for " + method);
        }
        try {
          return method.invoke(others, arguments);
        } catch (InvocationTargetException thrown) {
          throw thrown.getCause();
        }
    }
  }

  private synchronized long set(Timer timer) {
    pending.put(++lastId, timer);
    return lastId;
  }

  /** Returns after how many ms each pending timer is to fire, in the order they were set in. */
  public List<Long> delays() {
    return pending.values().stream().map(Timer::delayMs).toList();
  }

  /** Fires the timer that was set first of those that are pending, on this thread. */
  public void fire() {
    Long first = pending.keySet().stream().findFirst().orElseThrow();
    Timer fired = pending.remove(first);
    fired.task().handle(first);
  }
}
