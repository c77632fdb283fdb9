package io.snakepit.diagnostics;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reader of numbers in the kernel's files. All are NaN where there is none. */
final class Figures {
  /** Bound above which a limit is the kernel's way to say that there is none. */
  private static final double NO_LIMIT = 0x1p60;

  private static final double KIB = 1024;

  private Figures() {}

  /** Returns the number that a file holds; {@code max} and {@code unlimited} are infinite. */
  static double limit(@Nullable String text) {
    String word = text == null ? "" : text.strip();
    if (word.equals("max") || word.equals("unlimited")) {
      return Double.POSITIVE_INFINITY;
    }
    double number = number(word);
    return number >= NO_LIMIT ? Double.POSITIVE_INFINITY : number;
  }

  static double number(@Nullable String text) {
    String word = text == null ? "" : text.strip();
    return word.matches("-?[0-9]{1,20}") ? Double.parseDouble(word) : Double.NaN;
  }

  /** Returns the sum of all lines {@code key: N kB} whose key has a pattern, in bytes. */
  static double kibibytes(@Nullable String text, String key) {
    Matcher lines = Pattern.compile("(?m)^" + key + ":\\s+(\\d+) kB$").matcher(orEmpty(text));
    double sum = Double.NaN;
    while (lines.find()) {
      double bytes = Double.parseDouble(lines.group(1)) * KIB;
      sum = Double.isNaN(sum) ? bytes : sum + bytes;
    }
    return sum;
  }

  /** Returns the number that follows a word at the start of a line. */
  static double after(@Nullable String text, String word) {
    Matcher line = Pattern.compile("(?m)^" + word + "\\s+(-?\\d+)").matcher(orEmpty(text));
    return line.find() ? Double.parseDouble(line.group(1)) : Double.NaN;
  }

  /** Returns the soft limit of a line of {@code /proc/PID/limits}. */
  static double softLimit(@Nullable String limits, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + "\\s+(\\S+)\\s").matcher(orEmpty(limits));
    return line.find() ? limit(line.group(1)) : Double.NaN;
  }

  static double[] columns(@Nullable String text) {
    String[] words = orEmpty(text).strip().split("[\\s/]+", -1);
    double[] numbers = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = limit(words[i]);
    }
    return numbers;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
