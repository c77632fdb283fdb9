package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.TestAdapters;
import io.snakepit.testing.TestPython;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Secrets of the host stay with the host: in every profile, with every way to start a worker. */
@EnabledOnOs(OS.LINUX)
class SecretsIT {
  private static final String SECRET = "hunter2-of-the-host";

  private static final Map<String, String> VARIABLES =
      Map.of(
          "SNAKEPIT_HTTP_API_KEYS", "[" + SECRET + "]",
          "SNAKEPIT_KEY", SECRET,
          "SNAKEPIT_POOLS_FORKED_ENV", "{OWN: " + SECRET + "-of-a-pool}",
          "SNAKEPIT_JAVA_OPTS", "-Dpassword=" + SECRET,
          "SNAKEPIT_GRPC_REMOTE_WORKERS_TOKENS", "[" + SECRET + "]",
          "NO_SECRET", "inherited");

  private static final List<String> POOLS = List.of("spawned", "threads", "tasks");

  private static final String TOOLS =
      """
      import os
      from snakepit import tool
      __snakepit_thread_safe__ = True

      @tool
      def variables() -> dict[str, str]:
          return dict(os.environ)
      """;

  @TempDir Path folder;

  /** Fails without {@code InheritedEnvironment}. */
  @Test
  void reachNoProcessBelowTheHost() throws Exception {
    String adapter = TestAdapters.write(folder, "telling_tools", TOOLS);
    Path asked = folder.resolve("asked");
    Path python = folder.resolve("python");
    Files.writeString(
        python,
        "#!/bin/sh\nenv >>'%s'\nexec '%s' \"$@\"\n".formatted(asked, TestPython.executable()));
    assertThat(python.toFile().setExecutable(true)).isTrue();
    String common =
        "adapter: %s, python: '%s', pythonPath: ['%s'], size: 1, watchdog: {enabled: true}"
            .formatted(adapter, python, folder);
    String yaml =
        """
        http: {port: 0}
        grpc: {enabled: false}
        pools:
          forked: {%1$s}
          spawned: {%1$s, startMethod: spawn}
          threads: {%1$s, profile: thread, concurrency: 2}
          tasks: {%1$s, profile: async, concurrency: 2, startMethod: spawn}
        """
            .formatted(common);

    try (HostProcess host = HostProcess.startWith(VARIABLES, folder, yaml)) {
      String url = host.awaitReady();

      for (ProcessHandle process : host.processes()) {
        assertThat(environment(process))
            .as(process.info().toString())
            .doesNotContain(SECRET + "\0");
      }
      assertThat(host.processes())
          .as("keepers, fork servers, workers, watchdogs")
          .hasSizeGreaterThan(13);
      assertThat(Files.readString(asked))
          .contains("NO_SECRET=inherited")
          .doesNotContain(SECRET + "\n");
      for (String pool : POOLS) {
        assertThat(variables(url, pool)).contains("NO_SECRET").doesNotContain(SECRET);
      }
      assertThat(variables(url, "forked")).contains("\"OWN\":\"" + SECRET + "-of-a-pool\"");
      assertThat(host.err() + host.out()).doesNotContain(SECRET);
    }
  }

  private static String environment(ProcessHandle process) {
    try {
      byte[] content = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/environ"));
      return new String(content, StandardCharsets.UTF_8).replace("[", "").replace("]", "");
    } catch (IOException gone) {
      return ""; // the sleep of a watchdog lasts a second
    }
  }

  private static String variables(String url, String pool) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/pools/" + pool + "/tools/variables"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + SECRET)
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
