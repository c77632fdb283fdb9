package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonNestingTest {
  private final JsonNesting nesting = new JsonNesting();

  private static boolean isBrace(int depth) {
    return depth % 3 == 0;
  }

  /** Fails if more than two words of brackets are not kept. */
  @Test
  void remembersEachBracketHoweverDeepItIs() {
    for (int depth = 1; depth <= 500; depth++) {
      nesting.push(isBrace(depth));
      assertThat(nesting.depth()).isEqualTo(depth);
      assertThat(nesting.isInObject()).isEqualTo(isBrace(depth));
    }
    for (int depth = 500; depth >= 1; depth--) {
      assertThat(nesting.isInObject()).as("at %d", depth).isEqualTo(isBrace(depth));
      nesting.pop();
    }
    assertThat(nesting.depth()).isZero();
  }

  /** Fails if a bit of a brace that is closed is not cleared. */
  @Test
  void forgetsWhatIsClosed() {
    nesting.push(true);
    nesting.pop();
    nesting.push(false);
    assertThat(nesting.isInObject()).isFalse();
  }
}
