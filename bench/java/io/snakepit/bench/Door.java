package io.snakepit.bench;

/** An interface by which calls reach a host. */
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

  /** Returns the name in the JSON report. */
  String key() {
    return key;
  }

  /** Returns the name in the printed report. */
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
