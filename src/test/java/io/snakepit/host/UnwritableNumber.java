package io.snakepit.host;

/** A number of an application's own that can be weighed by its test, but written by nobody. */
final class UnwritableNumber extends Number {
  private static final long serialVersionUID = 1;

  private final transient Thread test = Thread.currentThread();

  @Override
  public int intValue() {
    return 0;
  }

  @Override
  public long longValue() {
    return 0;
  }

  @Override
  public float floatValue() {
    return 0;
  }

  @Override
  public double doubleValue() {
    return 0;
  }

  @Override
  public String toString() {
    if (Thread.currentThread() == test) {
      return "0";
    }
    throw new IllegalStateException("it has no digits");
  }
}
