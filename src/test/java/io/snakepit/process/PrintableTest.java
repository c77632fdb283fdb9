package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.process.OutputLine.Source;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void ordinaryTextIsLeftAsItIs() {
    String text = "caf\u00e9 \ud83d\udc0d\t100 %\u00a0\u2190";

    assertThat(Printable.line(text)).isSameAs(text);
    assertThat(Printable.lines(text)).isSameAs(text);
  }

  @Test
  void whatTerminalWouldObeyIsEscaped() {
    assertThat(Printable.line("\u001b[2J\u0007\b\u009b1m\u007f"))
        .isEqualTo("\\x1b[2J\\x07\\x08\\x9b1m\\x7f");
  }

  @Test
  void whatEndsLineOrTurnsItIsEscaped() {
    assertThat(Printable.line("a\nb\rc\u0085d\u2028e\u202ef\u2066g"))
        .isEqualTo("a\\x0ab\\x0dc\\x85d\\u2028e\\u202ef\\u2066g");
  }

  @Test
  void severalLinesKeepTheirEnds() {
    assertThat(Printable.lines("a\nb\u001b\r\n")).isEqualTo("a\nb\\x1b\\x0d\n");
  }

  /** Fails where {@code OutputLine} keeps its text as it comes. */
  @Test
  void everyLineOfOutputIsPrintable() {
    assertThat(new OutputLine(Source.STDERR, "\u001b]0;title\u0007", 0).text())
        .isEqualTo("\\x1b]0;title\\x07");
  }
}
