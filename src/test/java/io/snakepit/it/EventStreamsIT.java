package io.snakepit.it;

/** Streams over HTTP, as server-sent events. */
class EventStreamsIT extends StreamContract {
  /** More than the kernel's buffers of a connection like to hold. */
  private static final int MIB = 1024 * 1024;

  @Override
  StreamClient client() {
    return new HttpStreamClient(running.snakepit().httpPort(), true);
  }

  @Override
  int largeChunk() {
    return MIB;
  }

  /** What the kernel holds of a connection, in chunks of that size. */
  @Override
  int slack() {
    return 8;
  }
}
