/** Stand-ins for what lies beyond a border, one for each, which a test uses in its place. */
@NullMarked
package io.snakepit.testing;

import org.jspecify.annotations.NullMarked;
