package io.snakepit.it;

import io.snakepit.Snakepit;
import io.snakepit.api.Call;
import io.snakepit.api.SnakepitException;
import io.snakepit.config.SnakepitOptions;
import io.snakepit.testing.RunningSnakepit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An application that embeds Snakepit and runs out of memory on a pool's event loop: {@code heap}
 * or {@code direct}, and {@code exit} if its JVM is to end then.
 */
final class OutOfMemoryApplication {
  private static final int PIECE = 1 << 20;

  private OutOfMemoryApplication() {}

  public static void main(String[] words) throws Exception {
    Vertx vertx = RunningSnakepit.newVertx();
    CountDownLatch told = new CountDownLatch(1);
    Snakepit snakepit =
        Snakepit.create(vertx, SnakepitOptions.load(Path.of("host.yaml")))
            .exitOnOutOfMemory(words[1].equals("exit"))
            .onOutOfMemory(error -> told.countDown());
    RunningSnakepit.await(snakepit.start());
    Future<?> running = snakepit.execute(Call.of("sleep").with("seconds", 60));
    snakepit.poolContext("default").runOnContext(here -> exhaust(words[0].equals("direct")));
    if (!told.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the application was not told");
    }
    System.out.println("told");
    System.out.println("running " + codeOf(running));
    System.out.println("next " + codeOf(snakepit.execute(Call.of("ping"))));
    System.in.read(); // until the test has looked
    RunningSnakepit.await(snakepit.stop());
    RunningSnakepit.await(vertx.close());
    System.out.println("stopped");
  }

  private static Object codeOf(Future<?> call) {
    try {
      return "answered " + RunningSnakepit.await(call);
    } catch (RunningSnakepit.FailedException e) {
      return ((SnakepitException) e.getCause()).code();
    }
  }

  /** Takes memory until there is none. */
  private static void exhaust(boolean direct) {
    Deque<Object> pieces = new ArrayDeque<>();
    while (pieces.size() < Integer.MAX_VALUE) {
      pieces.add(direct ? ByteBuffer.allocateDirect(PIECE) : new byte[PIECE]);
    }
  }
}
