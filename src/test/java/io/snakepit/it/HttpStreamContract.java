package io.snakepit.it;

/** Streams over HTTP, in either form. */
abstract class HttpStreamContract extends StreamContract {
  /** More than the kernel usually buffers of a connection. */
  private static final int MIB = 1024 * 1024;

  /** Returns whether the stream comes as server-sent events. */
  abstract boolean events();

  @Override
  StreamClient client() {
    return new HttpStreamClient(running.snakepit().httpPort(), events());
  }

  @Override
  int largeChunk() {
    return MIB;
  }

  /** Returns how many chunks the kernel holds of a connection. */
  @Override
  int slack() {
    return 8;
  }
}
