package io.snakepit.bus;

import java.util.List;

/** How the hearts of a pool's ready workers beat. Travels by reference. Immutable. */
public record Pulses(List<Pulse> workers) {
  public Pulses {
    workers = List.copyOf(workers);
  }
}
