package io.snakepit.pool.machine;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The rules by which a worker's tools are called, as it tells them itself.
 *
 * @param batches which of them take batches
 * @param interruptible whether each may be interrupted, by name
 * @param caughtInterruptible whether calls may be that no tool's name is known for
 */
public record ToolRules(
    Collection<BatchRule> batches,
    Map<String, Boolean> interruptible,
    boolean caughtInterruptible) {
  /** Rules of tools that take no batches and may be interrupted, as most. */
  public static final ToolRules NONE = new ToolRules(List.of(), Map.of(), true);

  public ToolRules {
    batches = List.copyOf(batches);
    interruptible = Map.copyOf(interruptible);
  }

  /** Returns whether calls of that tool may be interrupted. */
  boolean mayInterrupt(String tool) {
    return interruptible.getOrDefault(tool, caughtInterruptible);
  }
}
