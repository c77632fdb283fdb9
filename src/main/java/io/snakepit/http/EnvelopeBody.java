package io.snakepit.http;

import io.snakepit.api.Call;
import io.snakepit.api.CallExecutor;
import io.snakepit.api.waiting.ByteAccount;
import io.snakepit.api.waiting.ByteLease;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/execute}, which is scanned while it arrives. Until it has named its
 * pool it counts as one for the default pool.
 */
final class EnvelopeBody implements BodyReader.Taker {
  private static final String UNNAMED = "unnamed";

  private final Exchange exchange;
  private final CallExecutor executor;
  private final Consumer<Call> runner;
  private final EnvelopeScanner scanner = new EnvelopeScanner();

  /**
   * @param runner gets the call
   */
  EnvelopeBody(Exchange exchange, CallExecutor executor, Consumer<Call> runner) {
    this.exchange = exchange;
    this.executor = executor;
    this.runner = runner;
  }

  @Override
  public ByteAccount account() {
    return executor.bodies(Call.of(UNNAMED).pool(scanner.poolSoFar()).pool());
  }

  @Override
  public boolean knowsAccount() {
    return false;
  }

  @Override
  public void piece(Buffer piece) {
    scanner.feed(piece);
  }

  @Override
  public void whole(Buffer body, @Nullable ByteLease lease) {
    Envelope envelope = scanner.end(body);
    Call call = envelope.applyTo(CallHeaders.applyTo(Call.of(envelope.tool()), exchange));
    Buffer args = envelope.args();
    runner.accept(
        args == null && lease == null ? call : CallRoutes.withBody(call, args, "", lease));
  }

  @Override
  public void saturated(String why) {
    String tool = scanner.toolSoFar();
    Call call = Call.of(tool == null || tool.isEmpty() ? UNNAMED : tool);
    runner.accept(CallHeaders.applyTo(call.pool(scanner.poolSoFar()), exchange).overBudget(why));
  }
}
