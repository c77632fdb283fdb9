package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private static final int IDLE_SECONDS = 75;

  private final Refusals refusals = new Refusals();
  private final Connections connections = new Connections(IDLE_SECONDS * 1000L, refusals);
  private long sinceSentMs = -1;
  private final AtomicInteger closed = new AtomicInteger();
  private final ClientConnection client =
      connections.opened(new Object(), closed::incrementAndGet, () -> sinceSentMs);

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      connections.tick();
    }
  }

  @Test
  void closesConnectionThatSendsNoRequest() {
    pass(IDLE_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionThatStopsWithinItsBody() {
    client.busy();
    client.reading();
    pass(IDLE_SECONDS);
    client.touch(50_000);
    pass(IDLE_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void neverClosesConnectionWhoseCallRuns() {
    client.busy();
    pass(IDLE_SECONDS * 10);
    assertThat(closed).hasValue(0);
    client.quiet();
    pass(IDLE_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionWhoseBodyComesTooSlowly() {
    client.busy();
    client.reading();
    int bytes = ClientConnection.MIN_BODY_RATE / 2;
    for (int i = 0; i < IDLE_SECONDS * 2; i++) {
      assertThat(closed).hasValue(0);
      client.touch(bytes);
      pass(1);
    }
    // Fails if each byte begins the client's time anew.
    pass(2);
    assertThat(closed.get()).isPositive();
  }

  @Test
  void neverClosesConnectionWhoseBodyComesFastEnough() {
    client.reading();
    for (int i = 0; i < IDLE_SECONDS * 10; i++) {
      client.touch(ClientConnection.MIN_BODY_RATE);
      pass(1);
    }
    assertThat(closed).hasValue(0);
  }

  @Test
  void countsNoTimeAgainstBodyThatWaitsForUs() {
    client.reading();
    for (int i = 0; i < IDLE_SECONDS * 2; i++) {
      client.busy();
      pass(10);
      client.readingOn();
      client.touch(1);
    }
    assertThat(closed).hasValue(0);
  }

  @Test
  void closesConnectionThatTakesNothingOfItsAnswer() {
    client.busy();
    client.writing();
    pass(ClientConnection.MAX_UNTAKEN_SECONDS);
    client.writing();
    pass(ClientConnection.MAX_UNTAKEN_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void doesItsErrandEverySecondWhileTheCallRuns() {
    AtomicInteger errands = new AtomicInteger();
    client.busy();
    client.everySecond(errands::incrementAndGet);
    pass(3);
    client.served();
    pass(1);
    assertThat(errands).hasValue(3);
  }

  @Test
  void countsOneRefusalOfAClientThatHoldsOnToARequest() {
    client.reading();
    pass(IDLE_SECONDS + 3);
    assertThat(refusals.count()).isEqualTo(1);
  }

  @Test
  void countsNoRefusalOfAClientThatOnlyAsksForNothingMore() {
    pass(IDLE_SECONDS + 3);
    assertThat(closed.get()).isPositive();
    assertThat(refusals.count()).isZero();
  }

  /** Fails if only what makes room for the next write counts as taken. */
  @Test
  void leavesConnectionWhoseClientTakesALittleNowAndThen() {
    client.busy();
    client.writing();
    sinceSentMs = 100_000;
    for (int i = 0; i < 9; i++) {
      pass(ClientConnection.MAX_UNTAKEN_SECONDS);
      sinceSentMs -= 10_000;
      pass(1);
    }
    assertThat(closed).hasValue(0);
    pass(ClientConnection.MAX_UNTAKEN_SECONDS + 1);
    assertThat(closed).hasValue(1);
  }

  /** Fails where two looks at the same sending, by clocks of milliseconds, pass for two of them. */
  @Test
  void closesConnectionWhoseClientTakesNothingThoughClocksDiffer() {
    client.busy();
    client.writing();
    sinceSentMs = 100_000;
    pass(1);
    for (int i = 0; i <= ClientConnection.MAX_UNTAKEN_SECONDS; i++) {
      assertThat(closed).hasValue(0);
      sinceSentMs -= 3;
      pass(1);
    }
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesNobodyForBeingQuietWithoutAnIdleTimeout() {
    Connections patient = new Connections(0, refusals);
    ClientConnection quiet = patient.opened(new Object(), closed::incrementAndGet, () -> -1);
    for (int i = 0; i < 10_000; i++) {
      patient.tick();
    }
    quiet.busy();
    quiet.reading();
    for (int i = 0; i < 10_000; i++) {
      patient.tick();
    }
    assertThat(closed).hasValue(0);
    quiet.writing();
    for (int i = 0; i <= ClientConnection.MAX_UNTAKEN_SECONDS; i++) {
      patient.tick();
    }
    assertThat(closed).as("an answer takes room").hasValue(1);
  }
}
