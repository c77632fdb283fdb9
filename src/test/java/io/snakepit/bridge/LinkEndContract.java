package io.snakepit.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.ErrorCode;
import io.snakepit.bridge.LinkEnd.Cause;
import io.snakepit.bridge.v1.Blocked;
import io.snakepit.bridge.v1.Failure;
import io.snakepit.bridge.v1.WorkerMessage;
import io.snakepit.testing.FarWorker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The promises of a link about its end, whoever brings it about, besides those of any. */
abstract class LinkEndContract extends WorkerLinkContract {

  @Test
  void cutsAWorkerOffForAMessageOfNoKnownKind() throws Exception {
    worker.say(WorkerMessage.getDefaultInstance());
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.PROTOCOL);
    worker.awaitEnd();
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void cutsAWorkerOffForDetailsThatAreNoJson() throws Exception {
    Failure failure = Failure.newBuilder().setId(7).setDetailsJson("{").build();
    worker.say(WorkerMessage.newBuilder().setFailure(failure).build());
    LinkEnd end = listener.nextEnd();
    assertThat(end.cause()).isEqualTo(Cause.PROTOCOL);
    assertThat(end.message()).startsWith("Failure with details that are no JSON: ");
    worker.awaitEnd();
  }

  @Test
  void cutsAWorkerOffForWhatItsListenerRefuses() throws Exception {
    RecordedLink strict =
        new RecordedLink() {
          @Override
          public void blocked(long sequence) throws ProtocolException {
            throw new ProtocolException("not now");
          }
        };
    try (FarWorker other = attach(strict)) {
      strict.nextLink();
      other.say(WorkerMessage.newBuilder().setBlocked(Blocked.newBuilder().setId(7)).build());
      assertThat(strict.nextEnd()).isEqualTo(new LinkEnd(Cause.PROTOCOL, "not now"));
      other.awaitEnd();
    }
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void tellsThatAWorkerIsGone() throws Exception {
    worker.close();
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.END_OF_FILE);
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void tellsThatAWorkerDiedAmidACallThatItHadRead() throws Exception {
    run(() -> link.call(call(7, Buffer.buffer(new byte[10]))));
    worker.hear();
    worker.close();
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  @Test
  void takesAnUnreadAnswerOfTheHostForNoProof() throws Exception {
    run(() -> link.call(call(7, Buffer.buffer(new byte[10]))));
    worker.hear();
    run(() -> link.answer(1, Buffer.buffer("1")));
    worker.close();
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.END_OF_FILE);
  }

  @Test
  void ignoresWhatIsSentAfterTheEnd() throws Exception {
    worker.close();
    listener.nextEnd();
    List<Future<Void>> answered = new ArrayList<>();
    run(
        () -> {
          link.call(call(8, Buffer.buffer()));
          link.credit(8, 1, 1);
          link.part(8, Buffer.buffer(), true);
          link.cancel(8);
          link.ping(1);
          link.shutdown();
          answered.add(link.answer(1, Buffer.buffer("1")));
          answered.add(link.refuse(2, ErrorCode.INTERNAL, "no"));
          link.close();
        });
    assertThat(answered).hasSize(2).allMatch(Future::failed);
    assertThat(listener.hasHeardMore()).isFalse();
  }

  @Test
  void closesALink() throws Exception {
    run(link::close);
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.CLOSED);
    worker.awaitEnd();
  }

  @Test
  void closesEveryLinkWithTheHostsEnd() throws Exception {
    closeHost();
    assertThat(listener.nextEnd().cause()).isEqualTo(Cause.CLOSED);
    worker.awaitEnd();
  }
}
