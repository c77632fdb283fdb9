package io.snakepit.bridge;

/**
 * The report of a worker whose event loop stands still. Immutable.
 *
 * @param standingMs for how long, in milliseconds
 * @param tool the tool that keeps it standing; empty where that is not known
 * @param call the id of that tool's call, as callers know it; empty likewise
 * @param stack where the loop's thread is, for people, the innermost frame last
 */
public record Standstill(long standingMs, String tool, String call, String stack) {}
