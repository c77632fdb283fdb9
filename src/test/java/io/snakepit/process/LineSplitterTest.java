package io.snakepit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.process.OutputLine.Source;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final Lines lines = new Lines();
  private final LineSplitter splitter = new LineSplitter(Source.STDOUT, lines);

  @Test
  void joinsWhatArrivesInPieces() {
    feed("a");
    feed("b\r\nc\n\nd");

    assertThat(lines.of(Source.STDOUT)).containsExactly("ab", "c", "");
  }

  @Test
  void returnEndsLineAndIsNoEmptyOne() {
    feed("\r10%\r20%\r");
    assertThat(lines.of(Source.STDOUT)).containsExactly("10%", "20%");

    feed("\n30%\r\r\n\r");
    feed("\n");

    assertThat(lines.of(Source.STDOUT)).containsExactly("10%", "20%", "30%", "");
  }

  @Test
  void tellsUnfinishedLineAtTheEnd() {
    feed("last words");
    splitter.end();
    splitter.end();

    assertThat(lines.of(Source.STDOUT)).containsExactly("last words");
  }

  @Test
  void cutsLongLineAndCountsTheRestWithTheNext() {
    feed("x".repeat(LineSplitter.MAX_LINE + 5) + "\nshort\nmore\n");

    assertThat(lines.all().get(0).text()).isEqualTo("x".repeat(LineSplitter.MAX_LINE) + " [cut]");
    assertThat(lines.all()).extracting(OutputLine::droppedBytes).containsExactly(0L, 5L, 0L);
  }

  @Test
  void countsWhatWasLeftOutAtTheVeryEnd() {
    feed("x".repeat(LineSplitter.MAX_LINE + 7));
    splitter.end();

    assertThat(lines.all()).hasSize(2);
    assertThat(lines.all().get(1)).isEqualTo(new OutputLine(Source.STDOUT, "", 7));
  }

  @Test
  void countsWhatWasLeftOutOfALineThatWasTheLast() {
    feed("x".repeat(LineSplitter.MAX_LINE + 3) + "\n");
    splitter.end();

    assertThat(lines.all()).hasSize(2);
    assertThat(lines.all().get(1)).isEqualTo(new OutputLine(Source.STDOUT, "", 3));
  }

  private void feed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    splitter.accept(bytes, bytes.length);
  }
}
