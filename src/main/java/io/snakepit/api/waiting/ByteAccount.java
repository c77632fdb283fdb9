package io.snakepit.api.waiting;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One account of a {@link ByteBudget}. Any thread may call all of it. */
public final class ByteAccount {
  private final ByteBudget budget;
  private final String limitedBy;

  /** The bytes that its leases have; guarded by the budget. */
  long used;

  ByteAccount(ByteBudget budget, String limitedBy) {
    this.budget = budget;
    this.limitedBy = limitedBy;
  }

  ByteBudget budget() {
    return budget;
  }

  /**
   * Returns why there is no room for a body of so many bytes, with the limit's name and its size.
   */
  public String noRoomFor(long bytes) {
    return "there is no room for a body of %d bytes beside those that wait (%s: %d bytes)"
        .formatted(bytes, limitedBy, budget.limit());
  }

  /** Returns how many bytes its leases have. */
  public long used() {
    synchronized (budget) {
      return used;
    }
  }

  /** Returns whether there is room for so many bytes now. */
  public boolean hasRoom(long bytes) {
    return budget.hasRoom(this, 0, bytes);
  }

  /** Takes so many bytes; null if there is no room. */
  public @Nullable ByteLease take(long bytes) {
    return budget.take(this, 0, bytes) ? new ByteLease(this, bytes) : null;
  }

  /** Takes so many bytes, which are there already, whether there is room or not. */
  public ByteLease takeAnyway(long bytes) {
    budget.takeAnyway(this, bytes);
    return new ByteLease(this, bytes);
  }

  /**
   * Takes so many bytes now, or once there is room.
   *
   * @param granted gets the lease if it comes later, on whichever thread made room; it is the key
   *     for {@link #forget}
   * @return null if it comes later
   */
  public @Nullable ByteLease ask(long bytes, Consumer<ByteLease> granted) {
    return budget.ask(this, bytes, granted);
  }

  /** Has one who asked wait no more. Returns false if he has got his lease. */
  public boolean forget(Consumer<ByteLease> granted) {
    return budget.forget(granted);
  }
}
