package io.snakepit.diagnostics;

/**
 * The pool that a diagnosis is about, as it is configured.
 *
 * @param memoryBytes what a worker may take at most; 0: not limited
 * @param cpus the processors that a worker may use; 0: not limited
 * @param maxWorkers the largest size that a configuration may ask for
 */
public record Subject(String pool, String adapter, long memoryBytes, double cpus, int maxWorkers) {}
