package io.snakepit.process;

/**
 * A line of a process's output, without its end.
 *
 * @param text at most 16 KiB; what was cut ends in {@code [cut]}
 * @param droppedBytes output that was left out before this line
 */
public record OutputLine(Source source, String text, long droppedBytes) {
  /** The stream on which a line was printed. */
  public enum Source {
    STDOUT,
    STDERR
  }
}
