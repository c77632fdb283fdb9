package io.snakepit.config;

/** Limits of sessions: how long they live unused, how many there are, and what each may hold. */
public record SessionOptions(long ttlMs, int max, int maxKeys, long maxValueBytes) {}
