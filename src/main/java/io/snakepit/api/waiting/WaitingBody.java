package io.snakepit.api.waiting;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A large body on its way to a worker: kept, and counted, for as long as anybody may need it. That
 * is until it has been written to a worker; that of a call that may be tried again, until the call
 * is over. What is still being written stays until it is, or can't be.
 *
 * <p>Any thread may call all of it.
 */
public final class WaitingBody {
  private static final Buffer GONE = Buffer.buffer();

  private final ByteLease lease;
  private final int length;
  private @Nullable Buffer bytes;
  private boolean needed = true;
  private boolean keptToTheEnd;
  private int writes;

  /**
   * @param lease what it has taken of a budget; given back with the last need of it
   */
  public WaitingBody(Buffer bytes, ByteLease lease) {
    this.bytes = bytes;
    this.length = bytes.length();
    this.lease = lease;
  }

  /** Returns its length in bytes, also once it is gone. */
  public int length() {
    return length;
  }

  /** Returns the bytes; none once they are gone. */
  public synchronized Buffer bytes() {
    return bytes == null ? GONE : bytes;
  }

  /** Returns whether the bytes are still here, so that they can be sent. */
  public synchronized boolean isHere() {
    return bytes != null;
  }

  /** Has it counted by another account; returns whether that had room. */
  public boolean moveTo(ByteAccount account) {
    return lease.moveTo(account);
  }

  /** Notes that it is being written to a worker. */
  public synchronized void writing() {
    writes++;
  }

  /**
   * Notes the end of a write.
   *
   * @param whole whether all of it went out
   * @param sentAgain whether it may have to be sent once more, though it did
   */
  public void written(boolean whole, boolean sentAgain) {
    synchronized (this) {
      writes--;
      keptToTheEnd |= sentAgain;
      if (whole && !keptToTheEnd) {
        needed = false;
      }
    }
    dropIfUnneeded();
  }

  /** Notes that the call is over: what is not being written is let go of. Again does nothing. */
  public void close() {
    synchronized (this) {
      needed = false;
    }
    dropIfUnneeded();
  }

  private void dropIfUnneeded() {
    synchronized (this) {
      if (needed || writes > 0) {
        return;
      }
      bytes = null;
    }
    lease.release();
  }
}
