package io.snakepit.config;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown for a configuration that can't be used. The message names every fault, one a line. */
public final class InvalidOptionsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  public InvalidOptionsException(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /** Returns every fault found; at least one. */
  public List<Fault> faults() {
    return faults;
  }
}
