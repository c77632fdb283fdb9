package io.snakepit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.snakepit.api.ErrorCode;
import io.snakepit.api.HostTools;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.ProtocolException;
import io.snakepit.testing.OnLoop;
import io.snakepit.testing.UnusedLink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostCallsTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final HostTools tools = new HostTools();
  private final HostCalls calls = new HostCalls(vertx, tools);
  private final AnswersAlone link = new AnswersAlone();
  private final Promise<Object> late = Promise.promise();

  /** A link that keeps the answers sent over it, with the thread that has sent them. */
  private static final class AnswersAlone extends UnusedLink {
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    private record Answer(long hostCall, String text, String thread) {}

    @Override
    public Future<Void> answer(long hostCall, Buffer result) {
      return keep(hostCall, result.toString());
    }

    @Override
    public Future<Void> refuse(long hostCall, ErrorCode code, String message) {
      return keep(hostCall, code + ": " + message);
    }

    private Future<Void> keep(long hostCall, String text) {
      answers.add(new Answer(hostCall, text, Thread.currentThread().getName()));
      return Future.succeededFuture();
    }

    Answer next() throws InterruptedException {
      Answer next = answers.poll(20, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return next;
    }
  }

  @BeforeEach
  void addTools() {
    tools.add("echo", Future::succeededFuture);
    tools.add("late", args -> late.future());
    tools.add("nothing", args -> null);
    tools.add(
        "refuse",
        args ->
            Future.failedFuture(new SnakepitException(ErrorCode.INVALID_REQUEST, "not this one")));
    tools.add(
        "fail",
        args -> {
          throw new IllegalStateException("a fault");
        });
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void sendsWhatTheToolAnswers() throws Exception {
    run(1, "echo", Buffer.buffer("{\"a\":1}"));
    assertAnswer(1, "{\"a\":1}");
    run(2, "echo", Buffer.buffer());
    assertAnswer(2, "{}");
  }

  @Test
  void sendsWhyAToolDoesNotAnswer() throws Exception {
    run(1, "refuse", Buffer.buffer());
    assertAnswer(1, "INVALID_REQUEST: not this one");
    run(2, "fail", Buffer.buffer());
    assertAnswer(2, "INTERNAL: a fault");
    run(5, "nothing", Buffer.buffer());
    assertAnswer(
        5, "INTERNAL: the host's tool \"nothing\" returned null where it must return a future");
    run(3, "missing", Buffer.buffer());
    assertThat(link.next().text()).startsWith("TOOL_NOT_FOUND: ");
    run(4, "echo", Buffer.buffer("{"));
    assertThat(link.next().text()).startsWith("INTERNAL: ");
  }

  /** Fails if a stack that one call has used up is told by its message, which it has none. */
  @Test
  void tellsThatValuesAreNestedTooDeeply() throws Exception {
    tools.add(
        "deep",
        args -> {
          throw new StackOverflowError();
        });
    run(1, "deep", Buffer.buffer());
    assertAnswer(
        1, "INTERNAL: the arguments or the result are nested too deeply, or refer to themselves");
  }

  /** Fails if whichever thread has the answer writes it: its frame would get among the pool's. */
  @Test
  void answersOnItsEventLoopAlone() throws Exception {
    run(1, "late", Buffer.buffer());
    Thread other = new Thread(() -> late.complete(new JsonObject().put("late", true)), "other");
    other.start();
    other.join();
    AnswersAlone.Answer answer = link.next();
    assertThat(answer.text()).isEqualTo("{\"late\":true}");
    assertThat(answer.thread()).contains("eventloop");
  }

  @Test
  void takesNoMoreThanSoManyAtATime() throws Exception {
    for (int i = 0; i < HostCalls.MAX_UNDER_WAY; i++) {
      run(i, "late", Buffer.buffer());
    }
    assertThatThrownBy(() -> run(-1, "echo", Buffer.buffer()))
        .rootCause()
        .isInstanceOf(ProtocolException.class)
        .hasMessage("HostCall came while 1000 others wait for their answers");
    late.complete("done");
    for (int i = 0; i < HostCalls.MAX_UNDER_WAY; i++) {
      assertAnswer(i, "\"done\"");
    }
    run(-1, "echo", Buffer.buffer());
    assertAnswer(-1, "{}");
  }

  private void assertAnswer(long hostCall, String text) throws InterruptedException {
    AnswersAlone.Answer answer = link.next();
    assertThat(answer.hostCall()).isEqualTo(hostCall);
    assertThat(answer.text()).isEqualTo(text);
  }

  /** Runs a call on the event loop; a refusal by {@link ProtocolException} becomes a cause. */
  private void run(long id, String tool, Buffer arguments) {
    OnLoop.run(
        loop,
        () -> {
          try {
            calls.run(id, tool, arguments, link);
          } catch (ProtocolException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
