package io.snakepit.bus;

import java.util.List;

/** The heartbeats of a pool's ready workers. Travels by reference. Immutable. */
public record Pulses(List<Pulse> workers) {
  public Pulses {
    workers = List.copyOf(workers);
  }
}
