package io.snakepit.process;

import java.time.Duration;
import java.util.List;

/**
 * Hears what a keeper reports. All calls come on the context that has started the keeper, none
 * before the start's future has completed, and none after {@link #keeperGone} or once {@link
 * Keeper#stop} was called.
 */
public interface KeeperListener {
  /**
   * Tells that a worker's process exists, as leader of a session of its own.
   *
   * @param startTicks its start time in clock ticks since boot, which with the pid names it; 0
   *     where the system has none
   */
  void started(String worker, long pid, long startTicks);

  /** Tells that a worker could not be made; no {@code started} or {@code exited} follows. */
  void startFailed(String worker, PythonFailure failure);

  /**
   * Tells that a worker has ended and nothing of it is left: its pid may belong to somebody else
   * from now on. Lines of something that has left its session may still come.
   */
  void exited(String worker, Exit exit);

  /**
   * Tells a line of output.
   *
   * @param worker empty for a line of the keeper itself or of its fork server
   */
  void line(String worker, OutputLine line);

  /** Tells that the fork server has imported the adapter and can fork. */
  void imported(Duration took);

  /**
   * Tells that the adapter's import has raised; workers that wait for it get {@code startFailed}
   * too.
   */
  void importFailed(PythonFailure failure);

  /**
   * Tells that forking is unsafe with what the adapter's import has left: the keeper spawns from
   * now on.
   *
   * @param reasons one or more, each with its remedy
   */
  void fallback(List<String> reasons);

  /**
   * Tells what people should know of forking, though the keeper forks.
   *
   * @param notices one or more
   */
  void forkNotice(List<String> notices);

  /**
   * Tells by which means the workers' limits are in force; told only if there are any.
   *
   * @param memory {@code cgroup}, {@code rlimit} or {@code off}
   * @param cpus {@code cgroup}, {@code affinity} or {@code off}
   * @param detail why it is not another one; may be empty
   */
  void limited(String memory, String cpus, String detail);

  /**
   * Tells that the keeper has ended without being told to. All that was below it is gone as well;
   * none of its workers gets an {@code exited}.
   */
  void keeperGone(String reason);
}
