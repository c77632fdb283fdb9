package io.snakepit.diagnostics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measurements of what pools of growing size took of a machine.
 *
 * @param steps at least one, growing
 * @param bounds what was left beside the last of them
 * @param wanted how many workers the last step should have had; more than it has if the machine
 *     would not have carried them
 */
public record Scaling(List<Step> steps, List<Bound> bounds, int wanted) {

  public Scaling {
    steps = List.copyOf(steps);
    bounds = List.copyOf(bounds);
  }

  Step first() {
    return steps.get(0);
  }

  Step last() {
    return steps.get(steps.size() - 1);
  }

  /** Returns what one more worker takes of a resource; NaN where unknown. */
  double perWorker(Resource resource) {
    Footprint worker = last().worker();
    return switch (resource) {
      case MEMORY -> worker.privateBytes();
      case PIDS -> worker.tasks();
      case HOST_FILES -> growth(Step::hostFiles);
      case KEEPER_FILES -> growth(Step::keeperFiles);
      case FORK_SERVER_FILES -> growth(Step::forkServerFiles);
      case MACHINE_FILES ->
          worker.files()
              + orZero(growth(Step::hostFiles))
              + orZero(growth(Step::keeperFiles))
              + orZero(growth(Step::forkServerFiles));
      case CPU, CONFIGURATION -> 1;
    };
  }

  /** Returns how much later a pool is ready for one more worker, in ms. */
  double startMsPerWorker() {
    return growth(Step::startMs);
  }

  /**
   * Returns a figure's growth from the first step to the last, by worker. One step can't tell what
   * was there without it.
   */
  private double growth(ToDoubleFunction<Step> figure) {
    int more = last().workers() - first().workers();
    double grown = figure.applyAsDouble(last()) - figure.applyAsDouble(first());
    return more == 0 ? Double.NaN : Math.max(grown / more, 0);
  }

  /**
   * Returns 0 for a figure of the guardians that the machine does not tell, so that a sum leaves it
   * out.
   */
  private double orZero(double growth) {
    return Double.isNaN(growth) && steps.size() > 1 ? 0 : growth;
  }
}
