package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.StubServer.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileCommandTest {
  private static final Answer POOL_NOT_FOUND =
      Answer.problem(404, "{\"code\":\"POOL_NOT_FOUND\",\"detail\":\"no pool of that name\"}");

  /** Time goes by in the pauses alone. */
  private static final class StoppedClock implements Ticker {
    private long now = 77;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void pause(long nanos) {
      now += nanos;
    }
  }

  private static CommandRun profile(StubServer server, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("profile", "--url", server.url()));
    arguments.addAll(List.of(flags));
    return CommandRun.around(
        CommandContext.ofProcess().withTicker(new StoppedClock()),
        Path.of("/nonexistent"),
        arguments.toArray(String[]::new));
  }

  /**
   * Returns the answers of a pool of two workers, one of them busy, each 100 ms at 10 calls/s. The
   * first of them is from long before, and must not count.
   */
  private static List<Answer> samples(int seconds, JsonObject more, JsonObject workerMore) {
    List<Answer> answers = new ArrayList<>();
    for (int tick = -1; tick <= seconds * 10; tick++) {
      int i = tick < 0 ? -1_000 : tick;
      JsonObject pool =
          new JsonObject()
              .put("pool", "default")
              .put("state", "ready")
              .put("size", 2)
              .put("ready", 2)
              .put("busy", 1)
              .put("running", 1)
              .put("capacity", 2)
              .put("queued", 0)
              .put(
                  "counters",
                  new JsonObject().put("OK", 2_000 + i).put("EXECUTE_TIMEOUT", 200 + i / 10))
              .put("latencyMs", new JsonObject().put("p50", 92.5).put("p99", 140));
      JsonObject worker =
          new JsonObject().put("worker", "default-1").put("pool", "default").put("calls", i);
      workerMore.forEach(
          each ->
              worker.put(each.getKey(), ((Number) each.getValue()).doubleValue() * (1_000 + i)));
      answers.add(Answer.json(200, pool.mergeIn(more).encode()));
      answers.add(Answer.json(200, new JsonArray().add(worker).encode()));
    }
    return answers;
  }

  private static StubServer server(List<Answer> answers) {
    return new StubServer(answers.toArray(Answer[]::new));
  }

  private static final JsonObject NOTHING = new JsonObject();

  @Test
  void tellsUseTimesAndWhatToDo() {
    JsonObject pool =
        new JsonObject()
            .put("profile", "process")
            .put("concurrency", 1)
            .put("queueMs", new JsonObject().put("p50", 0.4).put("p99", 7))
            .put("runMs", new JsonObject().put("p50", 90).put("p99", 120));
    try (StubServer server = server(samples(5, pool, new JsonObject().put("cpuMs", 90)))) {
      CommandRun run = profile(server, "--pool=default");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.outText())
          .contains("pool default: ready, size 2, profile process, concurrency 1; watched for 5 s")
          .containsPattern("utilisation +50 % +50 %\n")
          .containsPattern("busy workers +1 +1\n")
          .containsPattern("queue wait +0.40 ms +7 ms\n")
          .containsPattern("run time +90 ms +120 ms\n")
          .containsPattern("calls +11/s answered by workers\n")
          .containsPattern("mean run time +90.9 ms\n")
          .containsPattern("processor time +90 % of one for each busy worker, 81.8 ms per call\n")
          .containsPattern("capacity +11 calls/s per worker\n")
          .containsPattern("errors +EXECUTE_TIMEOUT 5\n")
          .contains("it fits; recommended: size 2, profile process, concurrency 1\n")
          .contains("a busy worker computes 90 % of the time");
      assertThat(server.asked)
          .extracting(StubServer.Asked::what)
          .startsWith("GET /v1/pools/default", "GET /v1/workers", "GET /v1/pools/default");
    }
  }

  @Test
  void worksWithAServerThatTellsLess() {
    try (StubServer server = server(samples(1, NOTHING, NOTHING))) {
      CommandRun run = profile(server, "--pool=default", "--seconds=1");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.outText())
          .containsPattern("queue wait +unknown +unknown\n")
          .containsPattern("latency +92.5 ms +140 ms\n")
          .containsPattern("processor time +unknown\n")
          .contains("this server tells no processor time");
    }
  }

  @Test
  void saysThatThereIsNoTraffic() {
    JsonObject idle =
        new JsonObject().put("busy", 0).put("running", 0).put("counters", new JsonObject());
    try (StubServer server = server(samples(1, idle, NOTHING))) {
      CommandRun run = profile(server, "--pool=default", "--seconds=1");

      assertThat(run.exitCode()).isZero();
      assertThat(run.outText())
          .contains("no recommendation", "no call in 1.0 s")
          .doesNotContain("recommended:");
    }
  }

  @Test
  void tellsHowLongItWatches() {
    try (StubServer server = server(samples(5, NOTHING, NOTHING))) {
      assertThat(profile(server, "--pool=default").err().lines())
          .containsExactly("watching pool default for 5 s", "2 of 5 s", "4 of 5 s");
    }
  }

  @Test
  void printsJson() {
    try (StubServer server = server(samples(1, NOTHING, NOTHING))) {
      JsonObject json =
          new JsonObject(profile(server, "--pool=default", "--seconds=1", "--json").out());

      assertThat(json.getString("pool")).isEqualTo("default");
      assertThat(json.getInteger("samples")).isEqualTo(11);
      assertThat(json.getJsonObject("advice").getString("verdict")).isEqualTo("fits");
    }
  }

  @Test
  void watchesTheOnlyPoolOfAServerWithoutDefault() {
    List<Answer> answers = new ArrayList<>();
    answers.add(POOL_NOT_FOUND);
    answers.add(Answer.json(200, "[{\"pool\":\"ml\"}]"));
    answers.addAll(samples(1, new JsonObject().put("pool", "ml"), NOTHING));
    try (StubServer server = server(answers)) {
      CommandRun run = profile(server, "--seconds=1");

      assertThat(run.outText()).startsWith("pool ml: ready");
      assertThat(server.asked.get(2).what()).isEqualTo("GET /v1/pools/ml");
    }
  }

  @Test
  void takesTheDefaultPoolWhereThereIsOne() {
    List<Answer> answers = new ArrayList<>(List.of(Answer.json(200, "{}")));
    answers.addAll(samples(1, NOTHING, NOTHING));
    try (StubServer server = server(answers)) {
      assertThat(profile(server, "--seconds=1").outText()).startsWith("pool default: ready");
    }
  }

  @Test
  void saysWhatIsWrongWithThePoolsName() {
    try (StubServer server = new StubServer(POOL_NOT_FOUND)) {
      CommandRun run = profile(server, "--pool", "none");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).endsWith("POOL_NOT_FOUND: no pool of that name\n");
      assertThat(run.outText()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "<html>", "{\"counters\":5}"})
  void suspectsAnotherServerBehindAForeignAnswer(String body) {
    try (StubServer server = new StubServer(Answer.json(200, body), Answer.json(200, "[]"))) {
      CommandRun run = profile(server, "--pool=default");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(server.url(), "does not answer as a Snakepit server does");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "3601", "5s"})
  void refusesATimeOutOfRange(String seconds) {
    CommandRun run = CommandRun.of("profile", "--seconds", seconds);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--seconds", seconds);
  }

  @Test
  void timeOfTheSystemGoesBy() throws InterruptedException {
    long before = Ticker.SYSTEM.nanoTime();

    Ticker.SYSTEM.pause(TimeUnit.MILLISECONDS.toNanos(1));

    assertThat(Ticker.SYSTEM.nanoTime() - before)
        .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
  }
}
