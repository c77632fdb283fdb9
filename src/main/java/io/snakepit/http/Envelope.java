package io.snakepit.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.snakepit.api.Call;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the body of {@code POST /v1/execute} says.
 *
 * @param args the bytes of the arguments' object within the body, as they stand; null without
 * @param pool null if not given
 * @param session null if not given
 * @param timeoutMs 0 if not given
 * @param idempotent null if not given
 */
record Envelope(
    String tool,
    @Nullable Buffer args,
    @Nullable String pool,
    @Nullable String session,
    long timeoutMs,
    @Nullable Boolean idempotent) {

  /**
   * Reads an envelope: one JSON object in UTF-8. The arguments are looked over, since one has to
   * find their end, but not read: nothing of them changes on the way.
   *
   * @throws SnakepitException {@code INVALID_REQUEST} that names the key or the place at fault
   */
  static Envelope read(Buffer body) {
    byte[] bytes = body.getBytes();
    checkEncoding(bytes);
    try (EnvelopeScanner scanner = new EnvelopeScanner(bytes, body)) {
      return scanner.scan();
    } catch (JsonProcessingException e) {
      throw Problem.invalid(
          "the body is not valid JSON at line %d, column %d: %s"
              .formatted(
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr(),
                  e.getOriginalMessage()));
    } catch (IOException e) {
      throw Problem.invalid("the body is not valid UTF-8: " + e.getMessage());
    }
  }

  /** A zero byte or a byte-order mark would make the parser take the body for UTF-16 or UTF-32. */
  private static void checkEncoding(byte[] bytes) {
    if (bytes.length == 0) {
      throw Problem.invalid("the body must be a JSON object: it is empty");
    }
    int first = bytes[0] & 0xff;
    boolean marked = first == 0xef || first == 0xfe || first == 0xff;
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      marked |= bytes[i] == 0;
    }
    if (marked) {
      throw Problem.invalid("the body must be JSON in UTF-8 without a byte-order mark");
    }
  }

  /** The call with all that the envelope says. */
  Call applyTo(Call call) {
    Call changed = args == null ? call : call.body(args);
    changed = pool == null ? changed : changed.pool(pool);
    changed = session == null ? changed : changed.session(session);
    changed = timeoutMs == 0 ? changed : changed.timeoutMs(timeoutMs);
    return idempotent == null ? changed : changed.idempotent(idempotent);
  }
}
