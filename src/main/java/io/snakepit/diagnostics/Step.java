package io.snakepit.diagnostics;

/**
 * Measurements of a pool with a number of workers.
 *
 * @param startMs until all were ready, the keeper's start and the import included
 * @param callsPerSecond of all workers together; NaN if not measured
 * @param worker the mean worker
 * @param hostFiles descriptors open in the JVM; these three are NaN where unknown
 * @param keeperFiles of the keeper
 * @param forkServerFiles of the fork server
 */
public record Step(
    int workers,
    double startMs,
    double callsPerSecond,
    Footprint worker,
    double hostFiles,
    double keeperFiles,
    double forkServerFiles) {}
