package io.snakepit.process;

/**
 * A line of a process's output, without its end.
 *
 * @param text at most 16 KiB as it was printed; what was cut ends in {@code [cut]}. Control
 *     characters are escaped
 * @param droppedBytes output that was left out before this line
 */
public record OutputLine(Source source, String text, long droppedBytes) {
  /** The stream on which a line was printed. */
  public enum Source {
    STDOUT,
    STDERR
  }

  public OutputLine {
    text = Printable.line(text);
  }
}
