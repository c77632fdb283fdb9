package io.snakepit.bridge;

/** Links over the JDK's own sockets. */
class PlainWorkerLinkTest extends SocketWorkerLinkContract {
  PlainWorkerLinkTest() {
    super(false);
  }
}
