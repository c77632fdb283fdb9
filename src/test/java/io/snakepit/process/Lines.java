package io.snakepit.process;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A child's output, gathered line by line. */
final class Lines implements ProcessLauncher.Output {
  private final Queue<OutputLine> all = new ConcurrentLinkedQueue<>();

  @Override
  public void line(OutputLine line) {
    all.add(line);
  }

  List<OutputLine> all() {
    return List.copyOf(all);
  }

  List<String> of(OutputLine.Source source) {
    return all.stream().filter(line -> line.source() == source).map(OutputLine::text).toList();
  }

  /** Waits for the first line on stdout. */
  String first() {
    await().atMost(Duration.ofSeconds(30)).until(() -> !of(OutputLine.Source.STDOUT).isEmpty());
    return of(OutputLine.Source.STDOUT).get(0);
  }
}
