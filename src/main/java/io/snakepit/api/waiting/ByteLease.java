package io.snakepit.api.waiting;

/** The bytes that one body or answer has taken of a budget. Any thread may call all of it. */
public final class ByteLease {
  private ByteAccount account;
  private long bytes;
  private boolean over;

  ByteLease(ByteAccount account, long bytes) {
    this.account = account;
    this.bytes = bytes;
  }

  /** Returns how many bytes it has. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Takes more; returns whether there was room. Once released it takes nothing. */
  public synchronized boolean grow(long more) {
    boolean grown = over || account.budget().take(account, bytes, more);
    if (grown && !over) {
      bytes += more;
    }
    return grown;
  }

  /** Makes it so large, whether there is room or not: the bytes are there already. */
  public synchronized void set(long wanted) {
    if (over) {
      return;
    }
    long former = bytes;
    bytes = wanted;
    if (wanted > former) {
      account.budget().takeAnyway(account, wanted - former);
    } else {
      account.budget().giveBack(account, former - wanted);
    }
  }

  /**
   * Moves it to another account.
   *
   * @return whether there was room; if not, it stays where it is
   */
  public synchronized boolean moveTo(ByteAccount other) {
    if (over || other == account) {
      return true;
    }
    boolean moved;
    if (other.budget() == account.budget()) {
      moved = account.budget().move(account, other, bytes);
    } else {
      moved = other.budget().take(other, 0, bytes);
      if (moved) {
        account.budget().giveBack(account, bytes);
      }
    }
    account = moved ? other : account;
    return moved;
  }

  /** Gives all bytes back. Doing so again does nothing. */
  public void release() {
    ByteAccount owner;
    long given;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      owner = account;
      given = bytes;
      bytes = 0;
    }
    owner.budget().giveBack(owner, given);
  }
}
