/**
 * Figures of a running host: how long calls took, how many connections were refused at a door.
 * Floor 0: depends on nothing of ours; each object belongs to the thread of the room that made it.
 */
@NullMarked
package io.snakepit.telemetry;

import org.jspecify.annotations.NullMarked;
