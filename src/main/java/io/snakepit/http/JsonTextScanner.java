package io.snakepit.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Scanner of a text in JSON, whose bytes may arrive in parts: checks escapes and UTF-8, and keeps
 * the text only if it is wanted, and then no more than its first bytes. Pure.
 */
final class JsonTextScanner {
  private static final JsonFactory TEXTS = new JsonFactory();

  private final int keptBytes;
  private byte[] kept = new byte[64];
  private int length;
  private boolean keeps;
  private boolean cut;
  private boolean over;
  private boolean escaped;
  private int hexLeft;
  private int tailLeft;
  private int tailLow;
  private int tailHigh;
  private @Nullable String fault;

  JsonTextScanner(int keptBytes) {
    this.keptBytes = keptBytes;
  }

  /**
   * Begins behind the opening quotation mark.
   *
   * @param keeping whether what it says will be asked for
   */
  void begin(boolean keeping) {
    keeps = keeping;
    cut = false;
    length = 0;
    over = false;
    escaped = false;
    hexLeft = 0;
    tailLeft = 0;
    if (keeping) {
      keep((byte) '"');
    }
  }

  /** Walks on; returns where the text ends, or where its fault is, or {@code to}. */
  int scan(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !over && fault == null) {
      byte next = bytes[at++];
      if (keeps) {
        keep(next);
      }
      if (escaped || hexLeft > 0 || tailLeft > 0) {
        inside(next);
      } else if (next == '"') {
        over = true;
      } else if (next == '\\') {
        escaped = true;
      } else if (next < 0) {
        lead(next & 0xff);
      } else if (next < ' ') {
        fault = "a control character in a text must be escaped: got byte 0x%02x".formatted(next);
      }
    }
    return at;
  }

  private void inside(byte next) {
    if (tailLeft > 0) {
      tail(next & 0xff);
    } else if (hexLeft > 0) {
      hexLeft--;
      if (Character.digit(next, 16) < 0) {
        fault = "\\u must be followed by four hexadecimal digits";
      }
    } else {
      escaped = false;
      if (next == 'u') {
        hexLeft = 4;
      } else if ("\"\\/bfnrt".indexOf(next) < 0) {
        fault = "an unknown escape in a text";
      }
    }
  }

  /** Takes the first byte of a character of several. */
  private void lead(int value) {
    tailLow = 0x80;
    tailHigh = 0xbf;
    if (value >= 0xc2 && value <= 0xdf) {
      tailLeft = 1;
    } else if (value >= 0xe0 && value <= 0xef) {
      tailLeft = 2;
      tailLow = value == 0xe0 ? 0xa0 : 0x80;
      tailHigh = value == 0xed ? 0x9f : 0xbf;
    } else if (value >= 0xf0 && value <= 0xf4) {
      tailLeft = 3;
      tailLow = value == 0xf0 ? 0x90 : 0x80;
      tailHigh = value == 0xf4 ? 0x8f : 0xbf;
    } else {
      fault = "a text that is no UTF-8";
    }
  }

  private void tail(int value) {
    if (value < tailLow || value > tailHigh) {
      fault = "a text that is no UTF-8";
    }
    tailLeft--;
    tailLow = 0x80;
    tailHigh = 0xbf;
  }

  private void keep(byte next) {
    if (length == keptBytes) {
      cut = true;
      return;
    }
    if (length == kept.length) {
      kept = Arrays.copyOf(kept, Math.min(2 * length, keptBytes));
    }
    kept[length++] = next;
  }

  /** Returns whether the closing quotation mark has come. */
  boolean isOver() {
    return over;
  }

  /** Returns what is wrong; null if nothing is. */
  @Nullable String fault() {
    return fault;
  }

  /** Returns what the text says; of one that is too long the begin, as it stands. */
  String text() {
    if (cut) {
      return new String(kept, 1, keptBytes - 1, US_ASCII);
    }
    try (JsonParser parser = TEXTS.createParser(kept, 0, length)) {
      return parser.nextTextValue();
    } catch (IOException impossible) {
      throw new IllegalStateException("a text that was checked can't be read", impossible);
    }
  }
}
