/** Stand-ins for what lies beyond a border, one for each: what a test talks to in its place. */
@NullMarked
package io.snakepit.testing;

import org.jspecify.annotations.NullMarked;
