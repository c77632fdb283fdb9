package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Clients that hold on to a connection by sending next to nothing. */
class SlowLorisTest extends DoorTestBase {

  /** Once this is over, the host has read what had been sent on other connections before. */
  private void awaitTheHost() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (Probe other = connect()) {
        assertThat(other.ask("GET", "/health/live").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void endsConnectionThatSaysNothing() throws Exception {
    awaitTheHost();
    pass(IDLE_SECONDS + 1);
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void endsConnectionWhoseHeadComesByteByByte() throws Exception {
    String head = Probe.head("GET", "/health/live", "X: 0123456789");
    for (int i = 0; i * 5 <= IDLE_SECONDS; i++) {
      probe.send(head.substring(i, i + 1));
      awaitTheHost();
      pass(5);
    }
    // Fails if a byte begins the client's time anew.
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void endsConnectionWhoseSecondHeadIsNeverWhole() throws Exception {
    assertThat(probe.post(ECHO, "{}", JSON).status()).isEqualTo(200);
    probe.send("POST / HT");
    awaitTheHost();
    pass(IDLE_SECONDS + 1);
    assertThat(probe.isClosedByHost()).isTrue();
  }

  @Test
  void endsConnectionWhoseBodyComesByteByByte() throws Exception {
    probe.send(Probe.head("POST", ECHO, JSON, "Content-Length: 1000") + "\r\n");
    for (int i = 0; i * 10 <= IDLE_SECONDS; i++) {
      probe.send("{");
      awaitTheHost();
      pass(10);
    }
    // Fails if a byte begins the client's time anew.
    assertThat(probe.isClosedByHost()).isTrue();
    assertThat(executor.waiting()).isZero();
    assertThat(door.refused()).isEqualTo(1);
  }

  @Test
  void leavesBodyThatComesSteadily() throws Exception {
    int pieces = 20;
    probe.send(
        Probe.head("POST", ECHO, "Content-Type: a/b", "Content-Length: " + pieces * 6_000)
            + "\r\n");
    for (int i = 0; i < pieces; i++) {
      probe.send("x".repeat(6_000));
      awaitTheHost();
      pass(10);
    }
    assertThat(probe.answer().status()).isEqualTo(200);
  }
}
