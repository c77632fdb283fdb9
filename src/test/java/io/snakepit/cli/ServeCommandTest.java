package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.config.SnakepitOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeCommandTest {
  @TempDir Path home;
  private final FakeServer server = new FakeServer();
  private final List<SnakepitOptions> given = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();

  private CommandRun serve(String... flags) {
    String[] arguments = new String[flags.length + 1];
    arguments[0] = "serve";
    System.arraycopy(flags, 0, arguments, 1, flags.length);
    return CommandRun.serving(
        environment,
        home,
        options -> {
          given.add(options);
          return server;
        },
        server,
        arguments);
  }

  private CommandRun serveUntilSignal(String... flags) {
    server.start.complete();
    server.stop.complete();
    server.asked.future().onSuccess(ready -> server.drain.thenApplyAsync(IntSupplier::getAsInt));
    return serve(flags);
  }

  private SnakepitOptions options() {
    assertThat(given).hasSize(1);
    return given.get(0);
  }

  @Test
  void readsTheFileBesideTheLauncher() throws IOException {
    LauncherSandbox.write(home.resolve("conf/snakepit.yaml"), "instance: beside\n");

    serveUntilSignal();

    assertThat(options().instance()).isEqualTo("beside");
  }

  @Test
  void aNamedFileReplacesIt() throws IOException {
    LauncherSandbox.write(home.resolve("conf/snakepit.yaml"), "dataDir: beside\n");
    Path file = Files.writeString(home.resolve("my.yaml"), "instance: mine\n");

    serveUntilSignal("--config", file.toString());

    assertThat(options().instance()).isEqualTo("mine");
    assertThat(options().dataDir()).hasToString("data");
  }

  @Test
  void flagsGoBeforeVariablesBeforeTheFile() throws IOException {
    Path file = Files.writeString(home.resolve("my.yaml"), "http: {port: 1, host: localhost}\n");
    environment.put("SNAKEPIT_HTTP_PORT", "2");
    environment.put("SNAKEPIT_INSTANCE", "variable");

    serveUntilSignal(
        "--config=" + file, "--port=3", "--adapter=tools:Mine", "--pool-size=5", "--cluster");

    assertThat(options().http().port()).isEqualTo(3);
    assertThat(options().http().host()).isEqualTo("localhost");
    assertThat(options().instance()).isEqualTo("variable");
    assertThat(options().pools().get("default").adapter()).isEqualTo("tools:Mine");
    assertThat(options().pools().get("default").size().max()).isEqualTo(5);
    assertThat(options().cluster().enabled()).isTrue();
  }

  @Test
  void poolsWithoutAnInterpreterGetTheLaunchers() throws IOException {
    Path python = home.resolve(".venv/bin/python");
    LauncherSandbox.write(python, "");
    assertThat(python.toFile().setExecutable(true)).isTrue();
    Path file =
        Files.writeString(
            home.resolve("my.yaml"), "pools: {one: {size: 1}, two: {python: /usr/bin/python3}}\n");

    serveUntilSignal("--config", file.toString());

    assertThat(options().pools().get("one").python()).isEqualTo(python.toString());
    assertThat(options().pools().get("two").python()).isEqualTo("/usr/bin/python3");
  }

  @Test
  void warnsOfAVariableThatNamesNoKey() {
    environment.put("SNAKEPIT_HTTP_PROT", "2");

    assertThat(serveUntilSignal().err()).contains("warning: SNAKEPIT_HTTP_PROT");
  }

  @ParameterizedTest
  @CsvSource({
    "--port, http.port, abc",
    "--pool-size, pools.default.size, 0",
    "--port, http.port, 65536",
  })
  void refusesABadFlagNamingKeyAndValue(String flag, String key, String value) {
    CommandRun run = serve(flag, value);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(key, value, flag);
    assertThat(given).isEmpty();
  }

  @Test
  void listsEveryFaultAtOnce() throws IOException {
    Path file = Files.writeString(home.resolve("my.yaml"), "instanze: x\nhttp: {port: -1}\n");

    CommandRun run = serve("--config", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("instanze", "http.port");
  }

  @Test
  void namesAFileThatIsNotThere() {
    CommandRun run = serve("--config", home.resolve("none.yaml").toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("none.yaml");
  }

  @Test
  void saysReadyWithAddressAndPoolsOnStandardOutput() {
    server.pools =
        Future.succeededFuture(
            new JsonArray().add(FakeServer.pool("default", 2, 2)).add(FakeServer.pool("ml", 0, 1)));

    CommandRun run = serveUntilSignal();

    assertThat(run.outText())
        .isEqualTo(
            "ready  http://127.0.0.1:1  (pool default: 2 workers, pool ml: 0 of 1 worker)\n");
  }

  @Test
  void saysReadyWithoutHttpToo() {
    server.url = "";

    assertThat(serveUntilSignal().outText()).isEqualTo("ready  without HTTP  (pools default)\n");
  }

  @Test
  void drainsOnASignalAndEndsWell() {
    CommandRun run = serveUntilSignal();

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("draining: calls have up to 10 s to finish", "stopped");
  }

  @Test
  void aFailedStopEndsWithExitCode1() {
    server.start.complete();
    server.stop.fail("worker 7 is left");
    server.drain.thenApplyAsync(IntSupplier::getAsInt);

    CommandRun run = serve();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("stopping failed: worker 7 is left");
  }

  @Test
  void aFailedStartSaysWhyWithoutStackTrace() {
    server.stop.complete();
    server.start.fail("port 8080 is taken: see http.port");

    CommandRun run = serve();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.outText()).isEmpty();
    assertThat(run.err()).isEqualTo("the start failed: port 8080 is taken: see http.port\n");
    assertThat(server.forgotten).isTrue();
  }

  @Test
  void aSignalDuringTheStartEndsItWithoutComplaint() {
    server.drain.thenApplyAsync(IntSupplier::getAsInt);
    server.stopping.future().onSuccess(asked -> server.start.fail("it was stopped"));
    server.start.future().onFailure(failed -> server.stop.complete());

    CommandRun run = serve();

    assertThat(run.exitCode()).isZero();
    assertThat(run.outText()).isEmpty();
    assertThat(run.err()).endsWith("stopped\n").doesNotContain("the start failed");
  }

  @Test
  void tellsOfAStartThatTakesTime() {
    server.pools = Future.succeededFuture(new JsonArray().add(FakeServer.pool("default", 1, 2)));
    server.stop.complete();
    server.asked.future().onSuccess(asked -> server.start.complete());
    server.started().thenCompose(ready -> server.drain).thenApplyAsync(IntSupplier::getAsInt);

    assertThat(serve().err()).contains("starting, 2 s: pool default: 1 of 2 workers");
  }
}
