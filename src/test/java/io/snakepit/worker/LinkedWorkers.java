package io.snakepit.worker;

import io.snakepit.testing.UnusedLink;
import io.vertx.core.Vertx;

/** Workers without a process, which only count how often they are told to read on. */
public final class LinkedWorkers {
  private LinkedWorkers() {}

  /** A link that is told to read on, and nothing else. */
  public static final class ReadingLink extends UnusedLink {
    private int times;

    @Override
    public void readOn() {
      times++;
    }

    /** Returns how often it was told so. */
    public int times() {
      return times;
    }
  }

  /** Makes a worker that is spoken to over that link. */
  public static Worker make(String id, Vertx vertx, ReadingLink link) {
    Worker worker = new Worker(id, vertx, null, null);
    worker.attached(link);
    return worker;
  }
}
