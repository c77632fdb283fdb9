package io.snakepit.api.waiting;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Budget of bytes that wait, shared by accounts: a pool has one. Half of it is the accounts'
 * reserves, in equal parts, so that none can take all; the other half is for whoever needs more.
 *
 * <ul>
 *   <li>Of at most {@link #SMALL_BYTES} nothing is counted.
 *   <li>One that is alone always has room, however large it is.
 *   <li>Who can be refused is told so at once ({@link ByteAccount#take}). Who can wait does so
 *       ({@link ByteAccount#ask}): in order of arrival, but for those whom their reserve suffices.
 * </ul>
 *
 * <p>Any thread may call all of it. What is told of room is told on the thread that made it.
 */
public final class ByteBudget {
  /** The size of what is too small to be counted, in bytes. */
  public static final int SMALL_BYTES = 64 * 1024;

  private final long limit;
  private final long reserve;
  private final long common;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private long counted;
  private long commonUsed;

  /** A request for room that waits. */
  private record Waiting(ByteAccount account, long bytes, Consumer<ByteLease> granted) {}

  /** A lease that is granted, and who is to be told. */
  private record Grant(ByteLease lease, Consumer<ByteLease> to) {}

  /**
   * @param limit in bytes
   * @param accounts how many share it, at least 1
   */
  public ByteBudget(long limit, int accounts) {
    this.limit = limit;
    this.reserve = limit / (2L * accounts);
    this.common = limit - reserve * accounts;
  }

  /** Returns a budget in which there is always room. */
  public static ByteBudget unlimited() {
    return new ByteBudget(Long.MAX_VALUE / 4, 1);
  }

  /**
   * Opens one of the accounts that share it.
   *
   * @param limitedBy names the limit for those who are refused, such as {@code
   *     pools.ml.maxQueueBytes}
   */
  public ByteAccount open(String limitedBy) {
    return new ByteAccount(this, limitedBy);
  }

  /** Returns the limit of all accounts together, in bytes. */
  public long limit() {
    return limit;
  }

  /** Returns how much is counted now, in bytes. */
  public synchronized long counted() {
    return counted;
  }

  synchronized boolean hasRoom(ByteAccount account, long own, long more) {
    return fits(account, own, more);
  }

  /** Takes more for a lease, which has taken {@code own} so far. */
  synchronized boolean take(ByteAccount account, long own, long more) {
    boolean fits = fits(account, own, more);
    if (fits) {
      add(account, more);
    }
    return fits;
  }

  /** Takes for a lease whatever room there is. */
  synchronized void takeAnyway(ByteAccount account, long more) {
    add(account, more);
  }

  /** Moves a lease from one account to another, if that has room for it. */
  boolean move(ByteAccount from, ByteAccount to, long bytes) {
    List<Grant> grants;
    synchronized (this) {
      add(from, -bytes);
      if (!fits(to, 0, bytes)) {
        add(from, bytes);
        return false;
      }
      add(to, bytes);
      grants = serve();
    }
    tell(grants);
    return true;
  }

  /** Gives bytes back, and then to those who wait for room. */
  void giveBack(ByteAccount account, long bytes) {
    List<Grant> grants;
    synchronized (this) {
      add(account, -bytes);
      grants = serve();
    }
    tell(grants);
  }

  /** Takes, or waits behind those who wait already; returns the lease if it need not wait. */
  synchronized @Nullable ByteLease ask(
      ByteAccount account, long bytes, Consumer<ByteLease> granted) {
    if ((queue.isEmpty() || isReserved(account, bytes)) && fits(account, 0, bytes)) {
      add(account, bytes);
      return new ByteLease(account, bytes);
    }
    queue.add(new Waiting(account, bytes, granted));
    return null;
  }

  /** Has one wait no more. Returns whether he still did. */
  boolean forget(Consumer<ByteLease> granted) {
    List<Grant> grants;
    boolean waited;
    synchronized (this) {
      waited = queue.removeIf(each -> each.granted == granted);
      grants = serve();
    }
    tell(grants);
    return waited;
  }

  private boolean fits(ByteAccount account, long own, long more) {
    if (counted == own) {
      return true;
    }
    long before = Math.max(0, account.used - reserve);
    long after = Math.max(0, account.used + more - reserve);
    return commonUsed - before + after <= common || after == 0;
  }

  /** Returns whether an account needs nothing of what is everybody's. */
  private boolean isReserved(ByteAccount account, long bytes) {
    return account.used + bytes <= reserve;
  }

  private void add(ByteAccount account, long bytes) {
    commonUsed -= Math.max(0, account.used - reserve);
    account.used += bytes;
    counted += bytes;
    commonUsed += Math.max(0, account.used - reserve);
  }

  /** Gives room to those who wait: the first who has none holds up all but the reserves. */
  private List<Grant> serve() {
    if (queue.isEmpty()) {
      return List.of();
    }
    List<Grant> grants = new ArrayList<>();
    boolean heldUp = false;
    for (Iterator<Waiting> all = queue.iterator(); all.hasNext(); ) {
      Waiting next = all.next();
      boolean mayPass = !heldUp || isReserved(next.account, next.bytes);
      if (mayPass && fits(next.account, 0, next.bytes)) {
        all.remove();
        add(next.account, next.bytes);
        grants.add(new Grant(new ByteLease(next.account, next.bytes), next.granted));
      } else {
        heldUp = true;
      }
    }
    return grants;
  }

  private static void tell(List<Grant> grants) {
    grants.forEach(grant -> grant.to.accept(grant.lease));
  }
}
