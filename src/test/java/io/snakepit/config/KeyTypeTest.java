package io.snakepit.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each type allows certain values, here as YAML, and refuses others. */
class KeyTypeTest {
  private static final KeyType COUNT = new KeyType.Whole(1, 10);
  private static final KeyType SHARE = new KeyType.Decimal(0, 1.5);
  private static final KeyType PART = new KeyType.ZeroOr(new KeyType.Decimal(0.05, 2));
  private static final KeyType FLAG = new KeyType.Flag();
  private static final KeyType WORD = new KeyType.Text(Pattern.compile("[a-z]+"), "a word");
  private static final KeyType CHOICE = new KeyType.OneOf(List.of("one", "two"));
  private static final KeyType COUNTS = new KeyType.ListOf(COUNT, 1);
  private static final KeyType MAP = new KeyType.TextMap();
  private static final KeyType SIZE = new KeyType.Size(10);

  private static boolean allows(KeyType type, String yaml) {
    return type.allows(YamlText.value(yaml));
  }

  @ParameterizedTest
  @CsvSource({
    "1, true",
    "10, true",
    "0, false",
    "11, false",
    "5.0, false",
    "'\"5\"', false",
    "null, false",
    "true, false",
    "[5], false",
    "99999999999999999999, false",
    "-99999999999999999999, false"
  })
  void aWholeNumberLiesWithinItsBounds(String yaml, boolean allowed) {
    assertThat(allows(COUNT, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    "1, true",
    "1.5, true",
    "1.0E-4, true",
    "1.51, false",
    "-0.1, false",
    "x, false",
    ".nan, false",
    ".inf, false",
    "1e999, false"
  })
  void aNumberLiesWithinItsBounds(String yaml, boolean allowed) {
    assertThat(allows(SHARE, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    "0.0, true",
    "0.05, true",
    "2, true",
    "0.049, false",
    "-0.05, false",
    "2.1, false",
    "'\"0\"', false",
    "null, false"
  })
  void zeroIsAllowedBesideBoundsThatLeaveItOut(String yaml, boolean allowed) {
    assertThat(allows(PART, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, true", "yes, true", "1, false", "'\"true\"', false"})
  void aFlagIsTrueOrFalse(String yaml, boolean allowed) {
    assertThat(allows(FLAG, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"abc, true", "a1, false", "'\"\"', false", "5, false", "true, false", "null, false"})
  void aTextHasItsForm(String yaml, boolean allowed) {
    assertThat(allows(WORD, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"one, true", "two, true", "One, false", "three, false", "[one], false", "1, false"})
  void aChoiceIsOneOfItsWordsAsTheyAreWritten(String yaml, boolean allowed) {
    assertThat(allows(CHOICE, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[1] | true", "[1, 10] | true", "[] | false", "[1, 0] | false", "1 | false"})
  void aListHasEnoughElementsAndEachIsAllowed(String yaml, boolean allowed) {
    assertThat(allows(COUNTS, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | true",
        "{A: b, C: ''} | true",
        "{A: 1} | false",
        "{A: } | false",
        "{'A=B': c} | false",
        "{'': c} | false",
        "[A] | false"
      })
  void aMapHasNamesAndTexts(String yaml, boolean allowed) {
    assertThat(allows(MAP, yaml)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "10",
        "{min: 1, max: 10}",
        "{min: 3, max: 3}",
        "{min: 1, max: 2, idleMs: 86400000}"
      })
  void aSizeIsANumberOrBounds(String yaml) {
    assertThat(allows(SIZE, yaml)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "11",
        "[1, 2]",
        "{}",
        "{min: 1}",
        "{max: 1}",
        "{min: 2, max: 1}",
        "{min: 0, max: 1}",
        "{min: 1, max: 11}",
        "{min: 1, max: 2, idleMs: 0}",
        "{min: 1, max: 2, idleMs: 86400001}",
        "{min: 1, max: 2, idle: 5}"
      })
  void aSizeIsNothingElse(String yaml) {
    assertThat(allows(SIZE, yaml)).isFalse();
  }

  @Test
  void everyTypeSaysWhatItAllows() {
    assertThat(COUNT.rule()).isEqualTo("a whole number between 1 and 10");
    assertThat(SHARE.rule()).isEqualTo("a number between 0 and 1.5");
    assertThat(PART.rule()).isEqualTo("0, or a number between 0.05 and 2");
    assertThat(FLAG.rule()).isEqualTo("true or false");
    assertThat(WORD.rule()).isEqualTo("a word");
    assertThat(CHOICE.rule()).isEqualTo("one of one, two");
    assertThat(COUNTS.rule())
        .isEqualTo("a list, each element a whole number between 1 and 10, with at least 1");
    assertThat(new KeyType.ListOf(WORD, 0).rule()).isEqualTo("a list, each element a word");
    assertThat(MAP.rule()).contains("from names", "to texts");
    assertThat(SIZE.rule()).startsWith("between 1 and 10, or {min, max, idleMs}");
  }

  @Test
  void onlyTextsAndChoicesAreTakenFromAVariableAsTheyStand() {
    assertThat(List.of(WORD, CHOICE)).allMatch(KeyType::isText);
    assertThat(List.of(COUNT, SHARE, PART, FLAG, COUNTS, MAP, SIZE)).noneMatch(KeyType::isText);
  }
}
