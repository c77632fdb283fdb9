/**
 * Remembers on disk which processes a run of the host has made, so that the next run can end what a
 * host that was killed has left, and nothing else.
 *
 * <p>Enter by {@link io.snakepit.registry.RunDirectory}, which a host makes when it starts, and
 * {@link io.snakepit.registry.RegistryVerticle}, which keeps the records in it. Floor 4: depends on
 * {@code process}, {@code bus} and what lies below. Everything here reads and writes files, and so
 * belongs on worker threads.
 */
@NullMarked
package io.snakepit.registry;

import org.jspecify.annotations.NullMarked;
