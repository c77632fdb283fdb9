package io.snakepit.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A splitter of a child's output into lines, by the keeper's rules: a line is cut at 16 KiB, what
 * is left out is counted with the next one; a carriage return ends a line, too. Pure; for one
 * thread at a time.
 */
final class LineSplitter {
  /** The bytes of a line that are kept. */
  static final int MAX_LINE = 16 * 1024;

  private final OutputLine.Source source;
  private final ProcessLauncher.Output output;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(128);
  private boolean cut;
  private boolean returned;
  private long dropped;
  private long droppedNext;

  LineSplitter(OutputLine.Source source, ProcessLauncher.Output output) {
    this.source = source;
    this.output = output;
  }

  /** Takes what was printed, and tells the lines that it completes. */
  void accept(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        keep(bytes, start, i - start);
        end(bytes[i]);
        start = i + 1;
      } else {
        returned = false;
      }
    }
    keep(bytes, start, length - start);
  }

  /** Ends a line. A return and a newline after it are one end; a return ends no empty line. */
  private void end(byte by) {
    if (by == '\r') {
      if (line.size() > 0) {
        tell();
        returned = true;
      }
    } else if (returned) {
      returned = false;
    } else {
      tell();
    }
  }

  /** Tells what has no end of line yet, and how much was left out at last. */
  void end() {
    if (line.size() > 0 || dropped > 0) {
      tell();
    }
    if (dropped > 0) {
      tell();
    }
  }

  private void keep(byte[] bytes, int start, int length) {
    int fits = Math.min(length, MAX_LINE - line.size());
    line.write(bytes, start, fits);
    if (fits < length) {
      cut = true;
      droppedNext += length - fits;
    }
  }

  private void tell() {
    String text = line.toString(StandardCharsets.UTF_8);
    output.line(new OutputLine(source, cut ? text + " [cut]" : text, dropped));
    line.reset();
    cut = false;
    dropped = droppedNext;
    droppedNext = 0;
  }
}
