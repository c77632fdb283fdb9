package io.snakepit.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the launcher as a user does, until it says that it is ready. */
final class ServePart implements Part.Measurement {
  private static final long PATIENCE_S = 60;
  private static final long REST_MS = 500;

  @Override
  public void run(Bed bed, Results results) {
    Path launcher = bed.project().resolve("snakepit");
    if (!Files.isExecutable(launcher)) {
      throw new IllegalStateException("there is no launcher at " + launcher);
    }
    bed.say("serve: once to warm up");
    measure(bed, launcher);
    List<Results.Serve> each = new ArrayList<>();
    for (int i = 1; i <= bed.plan().starts().serves(); i++) {
      bed.say("serve: %d of %d".formatted(i, bed.plan().starts().serves()));
      each.add(measure(bed, launcher));
    }
    results.serves.add(
        new Results.Serve(
            Median.of(each, Results.Serve::millis), Median.of(each, Results.Serve::residentBytes)));
  }

  private static Results.Serve measure(Bed bed, Path launcher) {
    Path directory = directory(bed);
    long begin = System.nanoTime();
    Path log = bed.fresh("serve.log");
    List<String> command = List.of(launcher.toString(), "serve", "--port", "0");
    Process process = bed.children().start(command, directory, log);
    try {
      double millis = (readyAt(process, log) - begin) / 1e6;
      Pause.millis(REST_MS);
      return new Results.Serve(millis, ProcFiles.residentBytes(process.pid()));
    } finally {
      stop(process);
    }
  }

  private static Path directory(Bed bed) {
    try {
      return Files.createDirectory(bed.fresh("serve"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long readyAt(Process process, Path log) {
    try {
      return CompletableFuture.supplyAsync(() -> awaitReady(process))
          .get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "./snakepit serve did not become ready: " + Venv.lastLine(log), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private static long awaitReady(Process process) {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    try {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.contains("ready")) {
          return System.nanoTime();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("it ended before it was ready");
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
