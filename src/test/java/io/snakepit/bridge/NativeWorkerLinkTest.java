package io.snakepit.bridge;

/** Links over the transport of the operating system, where Netty has one for it. */
class NativeWorkerLinkTest extends SocketWorkerLinkContract {
  NativeWorkerLinkTest() {
    super(true);
  }
}
