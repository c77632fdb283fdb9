package io.snakepit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.cli.BuiltRepository.Input;
import io.snakepit.cli.LauncherSandbox.Run;
import io.snakepit.cli.LauncherSandbox.Started;
import io.snakepit.testing.Jdks;
import io.snakepit.testing.Jdks.Jdk;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole of {@code ./snakepit} in a directory whose name has letters of all kinds, in whatever
 * locale it is called. Fails in each of these without {@code use_utf8} in the launcher.
 */
class LocaleIT {
  private static final String LETTERS = "gr\u00f6\u00dfe \u732b it's \"$HOME\" `x` \\";
  private static final String TEXT = "Gr\u00fc\u00dfe, \u732b \ud83d\udc0d";

  private static final String TOOLS =
      """
      import os, sys
      from snakepit import tool

      @tool
      def where(text: str) -> list[str]:
          print("printed " + text)
          with open("written by a tool", "w") as file:
              file.write(text)
          return [os.getcwd(), __file__, text, os.environ["TEXT"], sys.getfilesystemencoding()]
      """;

  @TempDir Path folder;

  static Stream<Arguments> locales() {
    List<Map<String, String>> locales =
        List.of(
            Map.of("LC_ALL", "C"),
            Map.of("LANG", "de_DE.ISO-8859-1", "LC_CTYPE", "POSIX"),
            Map.of("LANG", "de_DE.ISO-8859-1", "LC_CTYPE", "C.UTF-8"),
            Map.of(),
            Map.of("LC_ALL", "C.UTF-8"));
    return Jdks.oldestAndNewest().stream()
        .flatMap(jdk -> locales.stream().map(locale -> Arguments.of(locale, jdk)));
  }

  private Path repository() {
    return folder.resolve(LETTERS);
  }

  @AfterEach
  void removeLinks() {
    BuiltRepository.removeLinks(repository());
  }

  @ParameterizedTest
  @MethodSource("locales")
  void namesAndTextsStayAsTheyAre(Map<String, String> locale, Jdk jdk) throws IOException {
    BuiltRepository repository = new BuiltRepository(repository(), jdk);
    repository.environment.keySet().removeIf(each -> each.startsWith("LC_") || each.equals("LANG"));
    repository.environment.putAll(locale);
    repository.environment.put("TEXT", TEXT);
    Path root = repository().toRealPath();
    LauncherSandbox.write(root.resolve("w\u00f6rk \u732b/my_tools.py"), TOOLS);
    LauncherSandbox.write(
        root.resolve("k\u00f6nfig.yaml"),
        """
        dataDir: "d\u00e4ta \u732b"
        http: {port: 0}
        pools: {default: {adapter: my_tools, pythonPath: ["w\u00f6rk \u732b"], size: 1}}
        """);

    Started serving = repository.start(Input.DEV_NULL, "", "serve", "--config", "k\u00f6nfig.yaml");
    try {
      String url = awaitReady(serving);
      Run run =
          repository
              .start(
                  Input.DEV_NULL,
                  "",
                  "exec",
                  "where",
                  "{\"text\": \"%s\"}".formatted(TEXT),
                  "--url",
                  url)
              .finish();

      assertThat(run.err()).isEmpty();
      assertThat(new JsonArray(run.out()))
          .containsExactly(
              root.toString(),
              root.resolve("w\u00f6rk \u732b/my_tools.py").toString(),
              TEXT,
              TEXT,
              "utf-8");
      assertThat(root.resolve("written by a tool")).content().isEqualTo(TEXT);
      assertThat(root.resolve("d\u00e4ta \u732b/lib")).isDirectory();
    } finally {
      serving.process().destroy();
    }
    Run served = serving.finish();
    assertThat(served.exitCode()).as(served.err()).isIn(0, 143);
    assertThat(served.out() + served.err()).contains("printed " + TEXT);
  }

  private static String awaitReady(Started serving) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .failFast("it ended", () -> assertThat(serving.process().isAlive()).isTrue())
        .until(serving::out, out -> out.startsWith("ready  "))
        .split(" +", -1)[1];
  }
}
