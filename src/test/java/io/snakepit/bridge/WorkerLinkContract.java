package io.snakepit.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.snakepit.api.Call;
import io.snakepit.api.Chunk;
import io.snakepit.api.ErrorCode;
import io.snakepit.api.PythonError;
import io.snakepit.api.SnakepitException;
import io.snakepit.bridge.DispatchedCall.Windows;
import io.snakepit.bridge.v1.Blocked;
import io.snakepit.bridge.v1.CameRound;
import io.snakepit.bridge.v1.Cancel;
import io.snakepit.bridge.v1.Credit;
import io.snakepit.bridge.v1.Failure;
import io.snakepit.bridge.v1.HostCall;
import io.snakepit.bridge.v1.HostResult;
import io.snakepit.bridge.v1.Part;
import io.snakepit.bridge.v1.Ping;
import io.snakepit.bridge.v1.Pong;
import io.snakepit.bridge.v1.Result;
import io.snakepit.bridge.v1.StartFailure;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FarWorker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The promises of a link between an attached worker and its host, whichever transport carries it. A
 * transport joins by a subclass that attaches workers over it.
 */
abstract class WorkerLinkContract {
  static final int MAX_BODY = 1024 * 1024;

  private static final io.snakepit.bridge.v1.PythonError PYTHON =
      io.snakepit.bridge.v1.PythonError.newBuilder()
          .setType("OSError")
          .setMessage("no")
          .setTraceback("Traceback")
          .build();

  RecordedLink listener;
  FarWorker worker;
  WorkerLink link;

  /**
   * Attaches a worker to a host that allows bodies of {@link #MAX_BODY} bytes.
   *
   * @param heard hears what the worker says
   */
  abstract FarWorker attach(LinkListener heard) throws Exception;

  /** Does something on the event loop that serves links, and waits for it. */
  abstract void run(Runnable action) throws Exception;

  /** Closes the host's end of the transport, with all links. */
  abstract void closeHost() throws Exception;

  @BeforeEach
  void attachOne() throws Exception {
    listener = new RecordedLink();
    worker = attach(listener);
    link = listener.nextLink();
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
  }

  // From the host to the worker.

  @Test
  void carriesACall() throws Exception {
    Call call = Call.of("echo").session("user-7").body(Buffer.buffer("arguments"), "text/plain");
    run(() -> link.call(new DispatchedCall(7, "c-1", call, 1_500_000, 3, new Windows(4, 5, 6))));
    FarWorker.Heard heard = worker.hear();
    assertThat(heard.message().getCall())
        .isEqualTo(
            io.snakepit.bridge.v1.Call.newBuilder()
                .setId(7)
                .setTool("echo")
                .setCall("c-1")
                .setSession("user-7")
                .setContentType("text/plain")
                .setTimeoutMs(1.5)
                .setBatch(3)
                .setWindowChunks(4)
                .setWindowBytes(5)
                .setUploadWindowBytes(6)
                .build());
    assertThat(heard.body()).hasToString("arguments");
  }

  @Test
  void carriesCreditAndPartsOfArguments() throws Exception {
    run(
        () -> {
          link.credit(7, 2, 300);
          link.part(7, Buffer.buffer("piece"), false);
          link.part(7, Buffer.buffer(), true);
        });
    assertThat(worker.hear().message().getCredit())
        .isEqualTo(Credit.newBuilder().setId(7).setChunks(2).setBytes(300).build());
    FarWorker.Heard piece = worker.hear();
    assertThat(piece.message().getPart()).isEqualTo(Part.newBuilder().setId(7).build());
    assertThat(piece.body()).hasToString("piece");
    FarWorker.Heard last = worker.hear();
    assertThat(last.message().getPart())
        .isEqualTo(Part.newBuilder().setId(7).setLast(true).build());
    assertThat(last.body().length()).isZero();
  }

  /** Fails if something is sent amid a body that the worker hasn't taken yet, or before it. */
  @Test
  void whatIsSentBehindALargeBodyWaitsItsTurn() throws Exception {
    Buffer large = large();
    run(
        () -> {
          link.call(call(1, large));
          link.credit(1, 2, 3);
          link.part(1, large, false);
          link.part(1, Buffer.buffer("end"), true);
        });
    FarWorker.Heard call = worker.hear();
    assertThat(call.message().getCall().getId()).isEqualTo(1);
    assertThat(call.body()).isEqualTo(large);
    assertThat(worker.hear().message().getCredit().getBytes()).isEqualTo(3);
    Buffer parts = Buffer.buffer();
    while (parts.length() < large.length()) {
      FarWorker.Heard part = worker.hear();
      assertThat(part.message().getPart().getLast()).isFalse();
      assertThat(part.body().length()).isLessThanOrEqualTo(Protocol.MAX_PART_BYTES);
      parts.appendBuffer(part.body());
    }
    assertThat(parts).isEqualTo(large);
    FarWorker.Heard last = worker.hear();
    assertThat(last.message().getPart().getLast()).isTrue();
    assertThat(last.body()).hasToString("end");
  }

  @Test
  void carriesTheHostsAnswers() throws Exception {
    List<Future<Void>> written = new ArrayList<>();
    run(
        () -> {
          written.add(link.answer(3, Buffer.buffer("true")));
          written.add(link.refuse(4, ErrorCode.TOOL_NOT_FOUND, "no such tool"));
        });
    FarWorker.Heard answer = worker.hear();
    assertThat(answer.message().getHostResult())
        .isEqualTo(HostResult.newBuilder().setId(3).build());
    assertThat(answer.body()).hasToString("true");
    FarWorker.Heard refusal = worker.hear();
    assertThat(refusal.message().getHostResult())
        .isEqualTo(
            HostResult.newBuilder()
                .setId(4)
                .setCode("TOOL_NOT_FOUND")
                .setMessage("no such tool")
                .build());
    assertThat(refusal.body().length()).isZero();
    assertThat(written).hasSize(2).allSatisfy(each -> each.await());
  }

  /** Fails if the host writes what the worker does not accept: the worker ends of it. */
  @Test
  void aHostsAnswerThatIsTooLargeGoesAsAFailureAndItsMessageIsCut() throws Exception {
    run(
        () -> {
          link.answer(3, Buffer.buffer(new byte[MAX_BODY]));
          link.answer(4, Buffer.buffer(new byte[MAX_BODY + 1]));
          link.refuse(5, ErrorCode.INTERNAL, "x".repeat(5_000_000));
          link.refuse(6, ErrorCode.INTERNAL, "😀".repeat(5_000_000));
        });
    assertThat(worker.hear().body().length()).isEqualTo(MAX_BODY);
    HostResult tooLarge = worker.hear().message().getHostResult();
    assertThat(tooLarge.getCode()).isEqualTo("PAYLOAD_TOO_LARGE");
    assertThat(tooLarge.getMessage())
        .isEqualTo("the host tool's result has 1048577 bytes: http.maxBodyBytes allows 1048576");
    for (String start : List.of("xxx", "😀😀")) {
      HostResult refusal = worker.hear().message().getHostResult();
      assertThat(refusal.getMessage()).startsWith(start).endsWith("…");
      assertThat(refusal.getMessage().getBytes(UTF_8)).hasSizeBetween(4_000, 8 * 1024);
    }
  }

  /** Fails if it is written all the same. The link goes on. */
  @Test
  void refusesToSendACallThatIsTooLarge() throws Exception {
    List<Throwable> thrown = new ArrayList<>();
    run(
        () -> {
          thrown.add(catchThrowable(() -> link.call(call(1, Buffer.buffer(new byte[3 << 20])))));
          link.call(call(2, Buffer.buffer("fits")));
        });
    assertThat(thrown.get(0))
        .hasMessage("a body of 3145728 bytes, where a worker takes frames of 2097152");
    assertThat(worker.hear().message().getCall().getId()).isEqualTo(2);
  }

  /** Fails if a piece goes as one frame, whatever its size. */
  @Test
  void aLargePieceOfAnUploadGoesAsSeveral() throws Exception {
    run(() -> link.part(1, Buffer.buffer(new byte[3 << 20]), true));
    int bytes = 0;
    for (int i = 1; i <= 6; i++) {
      FarWorker.Heard part = worker.hear();
      bytes += part.body().length();
      assertThat(part.message().getPart().getLast()).isEqualTo(i == 6);
    }
    assertThat(bytes).isEqualTo(3 << 20);
  }

  @Test
  void carriesWhatABusyWorkerMustHear() throws Exception {
    run(
        () -> {
          link.ping(5);
          link.cancel(7);
          link.shutdown();
        });
    assertThat(worker.hearControl().getPing()).isEqualTo(Ping.newBuilder().setSequence(5).build());
    assertThat(worker.hearControl().getCancel()).isEqualTo(Cancel.newBuilder().setId(7).build());
    assertThat(worker.hearControl().hasShutdown()).isTrue();
  }

  // From the worker to the host.

  @Test
  void tellsAResult() throws Exception {
    Result result =
        Result.newBuilder().setId(7).setContentType("text/plain").setResidentBytes(4096).build();
    worker.say(WorkerMessage.newBuilder().setResult(result).build(), "result".getBytes(UTF_8));
    assertThat(listener.next())
        .isEqualTo(new RecordedLink.Succeeded(7, "text/plain", Buffer.buffer("result"), 4096));
  }

  @Test
  void tellsAResultAsLargeAsItMayBe() throws Exception {
    Buffer body = large();
    worker.say(result(7), body.getBytes());
    assertThat(listener.next()).isEqualTo(new RecordedLink.Succeeded(7, "", body, 0));
  }

  @Test
  void tellsAFailure() throws Exception {
    Failure failure =
        Failure.newBuilder()
            .setId(7)
            .setCode("PYTHON_EXCEPTION")
            .setMessage("OSError: no")
            .setPython(PYTHON)
            .setDetailsJson("{\"argument\":\"a\"}")
            .setResidentBytes(4096)
            .build();
    worker.say(WorkerMessage.newBuilder().setFailure(failure).build());
    RecordedLink.Failed heard = listener.next(RecordedLink.Failed.class);
    assertThat(heard.sequence()).isEqualTo(7);
    assertThat(heard.residentBytes()).isEqualTo(4096);
    SnakepitException told = heard.failure();
    assertThat(told.code()).isEqualTo(ErrorCode.PYTHON_EXCEPTION);
    assertThat(told).hasMessage("OSError: no");
    assertThat(told.python()).isEqualTo(new PythonError("OSError", "no", "Traceback"));
    assertThat(told.details()).isEqualTo(new JsonObject().put("argument", "a"));
  }

  @Test
  void takesAFailureOfAnUnknownCodeForAnInternalOne() throws Exception {
    Failure failure = Failure.newBuilder().setId(7).setCode("WHAT").setMessage("?").build();
    worker.say(WorkerMessage.newBuilder().setFailure(failure).build());
    SnakepitException told = listener.next(RecordedLink.Failed.class).failure();
    assertThat(told.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(told.python()).isNull();
    assertThat(told.details()).isNull();
  }

  @Test
  void tellsWhatAStreamHasYieldedAndWaitsFor() throws Exception {
    io.snakepit.bridge.v1.Chunk chunk =
        io.snakepit.bridge.v1.Chunk.newBuilder()
            .setId(7)
            .setContentType("text/plain")
            .setHasReservedKey(true)
            .build();
    worker.say(WorkerMessage.newBuilder().setChunk(chunk).build(), "piece".getBytes(UTF_8));
    worker.say(WorkerMessage.newBuilder().setBlocked(Blocked.newBuilder().setId(7)).build());
    Credit credit = Credit.newBuilder().setId(8).setBytes(300).build();
    worker.say(WorkerMessage.newBuilder().setCredit(credit).build());
    assertThat(listener.next())
        .isEqualTo(
            new RecordedLink.Yielded(7, new Chunk("text/plain", Buffer.buffer("piece"), true)));
    assertThat(listener.next()).isEqualTo(new RecordedLink.Blocked(7));
    assertThat(listener.next()).isEqualTo(new RecordedLink.Took(8, 300));
  }

  @Test
  void tellsACallToTheHost() throws Exception {
    HostCall call = HostCall.newBuilder().setId(3).setTool("lookup").build();
    worker.say(WorkerMessage.newBuilder().setHostCall(call).build(), "{}".getBytes(UTF_8));
    assertThat(listener.next())
        .isEqualTo(new RecordedLink.CalledHost(3, "lookup", Buffer.buffer("{}")));
  }

  @Test
  void tellsHowAWorkerHasStarted() throws Exception {
    worker.say(
        WorkerMessage.newBuilder()
            .setReady(io.snakepit.bridge.v1.Ready.getDefaultInstance())
            .build(),
        "[]".getBytes(UTF_8));
    StartFailure failure = StartFailure.newBuilder().setPython(PYTHON).build();
    worker.say(WorkerMessage.newBuilder().setStartFailure(failure).build());
    assertThat(listener.next()).isEqualTo(new RecordedLink.Ready(Buffer.buffer("[]")));
    assertThat(listener.next())
        .isEqualTo(new RecordedLink.StartFailed(new PythonError("OSError", "no", "Traceback")));
  }

  @Test
  void tellsAnAnswerToAPing() throws Exception {
    Pong pong = Pong.newBuilder().setSequence(5).setResidentBytes(4096).build();
    worker.say(WorkerMessage.newBuilder().setPong(pong).build());
    assertThat(listener.next()).isEqualTo(new RecordedLink.AnsweredPing(5, 4096));
  }

  @Test
  void tellsHowTheEventLoopGoes() throws Exception {
    worker.say(WorkerMessage.newBuilder().setCameRound(CameRound.getDefaultInstance()).build());
    assertThat(listener.next()).isEqualTo(new RecordedLink.CameRound());
    worker.say(
        WorkerMessage.newBuilder()
            .setStandstill(
                io.snakepit.bridge.v1.Standstill.newBuilder()
                    .setStandingMs(1_234)
                    .setTool("fetch")
                    .setCall("c-1")
                    .setStack("a.py"))
            .build());
    assertThat(listener.next())
        .isEqualTo(new RecordedLink.StandsStill(new Standstill(1_234, "fetch", "c-1", "a.py")));
  }

  /** Makes a call to be sent. */
  static DispatchedCall call(long sequence, Buffer body) {
    return new DispatchedCall(sequence, "", Call.of("echo").body(body), 0, 0, Windows.NONE);
  }

  /** Makes a result without a body. */
  static WorkerMessage result(long sequence) {
    return WorkerMessage.newBuilder().setResult(Result.newBuilder().setId(sequence)).build();
  }

  private static Buffer large() {
    byte[] large = new byte[MAX_BODY];
    new Random(3).nextBytes(large);
    return Buffer.buffer(large);
  }

  RecordedLink listener() {
    return listener;
  }

  WorkerLink link() {
    return link;
  }
}
