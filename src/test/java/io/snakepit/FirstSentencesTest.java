package io.snakepit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first sentence of a Javadoc or docstring stands alone: it has at least three words, and the
 * first is a verb or begins a noun, not a pronoun or a question.
 *
 * <p>A search, a tooltip or an index shows that sentence without what stands around it. Tests may
 * name the scenarios of {@code docs/requirements.md} in front of it, or nothing else.
 */
class FirstSentencesTest {
  private static final Path PROJECT = Path.of(System.getProperty("snakepit.project", ""));
  private static final List<String> FOLDERS =
      List.of("src/main src/test bench python/src python/tests chaos-scripts".split(" "));

  private static final Pattern JAVADOC = Pattern.compile("(?m)^ */\\*\\*((?s:.*?))\\*/");
  private static final Pattern TRIPLE_QUOTED = Pattern.compile("\"\"\"((?s:.*?))\"\"\"");

  private static final String OPENS_VALUE = "([{,=\\";

  private static final Pattern MARGIN = Pattern.compile("(?m)^ *\\* ?");
  private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s+([^}]*)}");
  private static final Pattern SCENARIOS = Pattern.compile("([A-Z]\\d+(, [A-Z]\\d+)*[.:]\\s*)?");
  private static final Pattern SENTENCE =
      Pattern.compile("(?s)(.+?)([.!?](?=\\s|$)|\n\\s*\n|\n\\s*<p>|\n\\s*@|$)");
  private static final Pattern BEGINS_ELSEWHERE =
      Pattern.compile(
          "(It|Its|He|His|She|Her|They|Their|Them|Those|This is|That|Which|Who|Whose|Whom|Whoever"
              + "|What|Whatever|How|Where|When|Why|Whether|One (that|who|of)|Nothing|Nobody"
              + "|Somebody|Something|So|And|But|Else|Neither)\\b.*");
  private static final Pattern OF_TOOLS = Pattern.compile("/(adapters|samples)/");
  private static final int FEWEST_WORDS = 3;

  @Test
  void everyFirstSentenceStandsAlone() throws IOException {
    List<String> faults = new ArrayList<>();
    int read = 0;
    for (Path file : sources()) {
      String source = Files.readString(file);
      for (String text :
          file.toString().endsWith(".java") ? javadocs(source) : docstrings(source)) {
        read++;
        if (!standsAlone(text)) {
          faults.add(PROJECT.relativize(file) + ": " + text.strip().lines().findFirst().orElse(""));
        }
      }
    }
    assertThat(read).isGreaterThan(2_000);
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "It exists.",
        "Its name.",
        "Sends SIGTERM.",
        "Who has room for a call.",
        "What a worker\nhas printed.",
        "Whether it is over.",
        "One of those that wait.",
        "F1. What is missing.",
        "The name.\n\nMore words of it.",
      })
  void refusesWhatOnlyItsNeighboursExplain(String text) {
    assertThat(standsAlone(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Returns {@code false} at the end.",
        "A queue of calls.",
        "Itself a cause of failures.",
        "F1.",
        "Q1, Q2. Fails if calls overtake.",
        "{@inheritDoc}",
        "@param calls per second",
      })
  void allowsSentencesThatStandAlone(String text) {
    assertThat(standsAlone(text)).isTrue();
  }

  private static boolean standsAlone(String text) {
    String plain = INLINE_TAG.matcher(text.strip()).replaceAll("$1");
    String spoken = SCENARIOS.matcher(plain).replaceFirst("");
    if (plain.startsWith("@") || plain.equals("{@inheritDoc}")) {
      return true;
    }
    if (spoken.isEmpty()) {
      return !plain.isEmpty();
    }
    var sentence = SENTENCE.matcher(spoken);
    return sentence.lookingAt()
        && sentence.group(1).strip().split("\\s+").length >= FEWEST_WORDS
        && !BEGINS_ELSEWHERE.matcher(sentence.group(1).replace('\n', ' ')).matches();
  }

  private static List<String> javadocs(String source) {
    return JAVADOC
        .matcher(source)
        .results()
        .map(javadoc -> MARGIN.matcher(javadoc.group(1)).replaceAll(""))
        .toList();
  }

  /** Returns the texts in triple quotes that begin a line and are no value or argument. */
  private static List<String> docstrings(String source) {
    return TRIPLE_QUOTED
        .matcher(source)
        .results()
        .filter(text -> isDocstring(source, text))
        .map(text -> text.group(1))
        .toList();
  }

  private static boolean isDocstring(String source, MatchResult text) {
    int line = source.lastIndexOf('\n', text.start()) + 1;
    String before = source.substring(0, line).stripTrailing();
    return source.substring(line, text.start()).matches(" *r?")
        && (before.isEmpty() || OPENS_VALUE.indexOf(before.charAt(before.length() - 1)) < 0);
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(PROJECT.resolve(folder))) {
        files.filter(FirstSentencesTest::isSource).sorted().forEach(sources::add);
      }
    }
    return sources;
  }

  /** Returns whether comments are read there; docstrings of tools are answers to their callers. */
  private static boolean isSource(Path file) {
    String path = file.toString();
    return path.endsWith(".java") || (path.endsWith(".py") && !OF_TOOLS.matcher(path).find());
  }
}
