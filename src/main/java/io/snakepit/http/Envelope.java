package io.snakepit.http;

import io.snakepit.api.Call;
import io.vertx.core.buffer.Buffer;
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

  /** Returns the call with all that the envelope says, but for its arguments. */
  Call applyTo(Call call) {
    Call changed = call;
    changed = pool == null ? changed : changed.pool(pool);
    changed = session == null ? changed : changed.session(session);
    changed = timeoutMs == 0 ? changed : changed.timeoutMs(timeoutMs);
    return idempotent == null ? changed : changed.idempotent(idempotent);
  }
}
