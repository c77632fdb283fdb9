/**
 * The memory on disk of which processes a run of the host has made, so that the next run can end
 * what a host that was killed has left, and nothing else. Enter at {@link
 * io.snakepit.registry.RunDirectory}, which a host makes when it starts, and {@link
 * io.snakepit.registry.RegistryVerticle}, which keeps the records in it.
 *
 * <p>Floor 4: uses {@code process}, {@code bus} and what lies below; the others reach it over the
 * bus. Everything here reads and writes files, and so belongs on worker threads.
 */
@NullMarked
package io.snakepit.registry;

import org.jspecify.annotations.NullMarked;
