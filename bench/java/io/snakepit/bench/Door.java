package io.snakepit.bench;

/** A way in. */
enum Door {
  POOL_LOOP("executeOnPoolLoop", "Snakepit.execute, on the pool's loop"),
  OTHER_LOOP("executeOnOtherLoop", "Snakepit.execute, on another loop"),
  BUS("bus", "snakepit.execute, JSON on the bus"),
  HTTP("http", "HTTP, caller in another process");

  private final String key;
  private final String title;

  Door(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** Its name for machines. */
  String key() {
    return key;
  }

  /** Its name for people. */
  String title() {
    return title;
  }

  LoadSource into(BenchHost host, HttpGenerator generator) {
    return switch (this) {
      case POOL_LOOP -> host.onPoolLoop();
      case OTHER_LOOP -> host.onOtherLoop();
      case BUS -> host.overBus();
      case HTTP -> generator.to(host.httpPort(), Payloads.ECHO);
    };
  }
}
