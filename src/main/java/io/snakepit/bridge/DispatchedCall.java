package io.snakepit.bridge;

import io.snakepit.api.Call;

/**
 * A call on its way to one worker.
 *
 * @param sequence the call's number on this link, by which it is answered
 * @param id the name by which callers, logs and errors know the call
 * @param call the tool and its arguments
 * @param remainingNanos nanoseconds left until the deadline; 0: none
 * @param batch how many calls form one batch: this one and those sent right behind it, each of
 *     which says 0; 0 or 1: no batch
 * @param windows how much of the answer and of the arguments may be under way at first
 */
public record DispatchedCall(
    long sequence, String id, Call call, long remainingNanos, int batch, Windows windows) {

  /**
   * The first credit of a call that streams; later credit is granted by {@link WorkerLink#credit}.
   *
   * @param chunks how many chunks of the answer may be under way; 0: the answer comes as a whole
   * @param bytes how many bytes of such chunks may be under way
   * @param uploadBytes how many bytes of the arguments may be under way, which follow by {@link
   *     WorkerLink#part}; 0: they are the call's body
   */
  public record Windows(int chunks, long bytes, long uploadBytes) {
    /** The windows of a call whose arguments and answer each go as a whole. */
    public static final Windows NONE = new Windows(0, 0, 0);
  }
}
