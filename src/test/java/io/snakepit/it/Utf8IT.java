package io.snakepit.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.testing.TestAdapters;
import io.vertx.core.json.JsonArray;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workers of a JVM that was started in another locale than one of UTF-8, and not by the launcher,
 * as an embedding application's may be.
 */
class Utf8IT {
  private static final String TEXT = "Gr\u00fc\u00dfe \u732b";

  private static final String TOOLS =
      """
      import sys
      from snakepit import tool

      @tool
      def told(text: str) -> list[str | int]:
          print("printed " + text)
          with open("told \u732b", "w") as file:
              encoding = file.encoding
              file.write(text)
          return [text, encoding.lower(), sys.getfilesystemencoding(), sys.flags.utf8_mode]
      """;

  @TempDir Path folder;

  /** Fails on JDK 17 if {@code logback.xml} names no charset: the log is in the JVM's. */
  @ParameterizedTest
  @ValueSource(strings = {"forkserver", "spawn"})
  void workersWriteUtf8(String startMethod) throws Exception {
    String adapter = TestAdapters.write(folder, "telling_tools", TOOLS);
    String pool =
        "adapter: %s, pythonPath: ['%s'], size: 1, startMethod: %s"
            .formatted(adapter, folder, startMethod);
    Map<String, String> locale = Map.of("LC_ALL", "C");

    try (HostProcess host = HostProcess.startWith(locale, folder, HostProcess.yaml(pool))) {
      String url = host.awaitReady();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/v1/pools/default/tools/told"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"" + TEXT + "\"}"))
              .build();

      String answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();

      assertThat(new JsonArray(answer)).containsExactly(TEXT, "utf-8", "utf-8", 1);
      assertThat(folder.resolve("told \u732b")).content().isEqualTo(TEXT);
      host.awaitErr("printed " + TEXT);
    }
  }
}
