package io.snakepit.pool.machine;

/**
 * The load of a pool, as its messages tell it.
 *
 * @param size workers that there are to be
 * @param busy workers with a call
 * @param starting workers that are starting or about to
 * @param queued calls that wait
 */
record Load(int size, int busy, int starting, int queued) {

  static Load of(Crew crew, CallTable calls) {
    return new Load(crew.target(), crew.busy(), crew.starting(), calls.queued());
  }

  @Override
  public String toString() {
    return "size=%d busy=%d starting=%d queued=%d".formatted(size, busy, starting, queued);
  }
}
