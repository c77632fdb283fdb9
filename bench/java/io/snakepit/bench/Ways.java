package io.snakepit.bench;

/** The ways of calling that are compared, by the names they bear in reports. */
final class Ways {
  static final String POOL_LOOP = "Snakepit.execute, pool's loop";
  static final String OTHER_LOOP = "Snakepit.execute, another loop";
  static final String BUS = "snakepit.execute with JSON, bus";
  static final String HTTP = "HTTP, load in its own process";

  private Ways() {}
}
