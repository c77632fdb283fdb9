package io.snakepit.it;

/** Streams over HTTP, in either form. */
abstract class HttpStreamContract extends StreamContract {
  /** More than the kernel's buffers of a connection like to hold. */
  private static final int MIB = 1024 * 1024;

  /** Whether it comes as server-sent events. */
  abstract boolean events();

  @Override
  StreamClient client() {
    return new HttpStreamClient(running.snakepit().httpPort(), events());
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
