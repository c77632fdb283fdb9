package io.snakepit.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.SnakepitException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a host whose JVM has run out of memory. After that nobody knows which objects are
 * whole, so it stops and does not try to go on: a server's JVM ends at once, and the lifelines end
 * its workers; in an application the pools end, and calls answer {@code INTERNAL}.
 *
 * <p>Hears of what was thrown on event loops and not caught. An error that the JVM itself throws
 * ends a server before that, by {@code -XX:+ExitOnOutOfMemoryError}; memory outside the heap is
 * counted by Netty and the JDK's library, whose errors that option does not see. Any thread.
 */
public final class OutOfHeap {
  private static final Logger LOG = LoggerFactory.getLogger(OutOfHeap.class);

  /** The exit code that the JVM's own option has. */
  private static final int EXIT_CODE = 3;

  private static final int DEEPEST_CAUSE = 8;

  /** Made beforehand: at the end there may be no memory for it. */
  private static final byte[] LAST_WORDS =
      "snakepit: out of memory: the server ends at once, and its workers with it; give it more heap (-Xmx) or lower pools.*.maxQueueBytes and http.maxBufferedBytes\n"
          .getBytes(US_ASCII);

  private static final int RESERVE_BYTES = 1024 * 1024;

  /** Memory that is set free when there is no other, so that what is to be done can be done. */
  private final AtomicReference<byte @Nullable []> reserve =
      new AtomicReference<>(new byte[RESERVE_BYTES]);

  private final AtomicReference<@Nullable Throwable> met = new AtomicReference<>();
  private final Runnable ender;
  private final List<Consumer<Throwable>> listeners = new ArrayList<>();
  private volatile boolean exits;

  /**
   * @param ender ends the pools of a host that does not end its JVM
   */
  OutOfHeap(Runnable ender) {
    this.ender = ender;
  }

  /** Sets whether the JVM ends at once. */
  public void exits(boolean yes) {
    exits = yes;
  }

  /** Has a listener told, once, on whichever thread meets it. */
  public synchronized void tell(Consumer<Throwable> listener) {
    listeners.add(listener);
  }

  /** Returns whether something thrown says that memory has run out. */
  static boolean isOutOfMemory(Throwable thrown) {
    // Threads are limited by the system, and one that can't be made harms nobody else.
    String said = whatItSays(thrown);
    return said != null && !said.contains("native thread");
  }

  /** Returns what the JVM says of the memory that has run out; null of anything else. */
  private static @Nullable String whatItSays(Throwable thrown) {
    Throwable each = thrown;
    for (int depth = 0; each != null && depth < DEEPEST_CAUSE; depth++) {
      if (each instanceof OutOfMemoryError) {
        return String.valueOf(each.getMessage());
      }
      each = each.getCause();
    }
    return null;
  }

  /**
   * Stops the host if that says that memory has run out.
   *
   * @return whether it does
   */
  boolean stopsFor(Throwable thrown) {
    if (!isOutOfMemory(thrown)) {
      return false;
    }
    if (exits) {
      exit();
    }
    reserve.set(null);
    if (met.compareAndSet(null, thrown)) {
      ender.run();
      LOG.error("out of memory: all pools are ended, and calls are refused from now on", thrown);
      told().forEach(each -> each.accept(thrown));
    }
    return true;
  }

  private synchronized List<Consumer<Throwable>> told() {
    return List.copyOf(listeners);
  }

  private static void exit() {
    try (FileOutputStream err = new FileOutputStream(FileDescriptor.err)) {
      err.write(LAST_WORDS);
    } catch (IOException | OutOfMemoryError silent) {
      // The exit code tells as well.
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  /** Returns why calls are refused; null unless memory has run out. */
  @Nullable SnakepitException refusal() {
    Throwable why = met.get();
    return why == null
        ? null
        : new SnakepitException(
            ErrorCode.INTERNAL,
            "the host has run out of memory and has ended its pools (%s): start it again with more heap, or with lower pools.*.maxQueueBytes and http.maxBufferedBytes"
                .formatted(whatItSays(why)));
  }
}
