package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.SnakepitException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/execute}.
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
    if (bytes.length == 0) {
      throw Problem.invalid("the body must be a JSON object: it is empty");
    }
    JsonText.checkEncoding(bytes);
    try (EnvelopeScanner scanner = new EnvelopeScanner(bytes, body)) {
      return scanner.scan();
    } catch (IOException e) {
      throw JsonText.explain(e);
    }
  }

  /** Returns the call with all that the envelope says. */
  Call applyTo(Call call) {
    Call changed = args == null ? call : call.body(args);
    changed = pool == null ? changed : changed.pool(pool);
    changed = session == null ? changed : changed.session(session);
    changed = timeoutMs == 0 ? changed : changed.timeoutMs(timeoutMs);
    return idempotent == null ? changed : changed.idempotent(idempotent);
  }
}
