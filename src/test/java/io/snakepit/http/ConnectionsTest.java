package io.snakepit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private final Refusals refusals = new Refusals();
  private final Connections connections = new Connections(refusals);
  private final AtomicInteger closed = new AtomicInteger();
  private final ClientConnection client = connections.opened(new Object(), closed::incrementAndGet);

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      connections.tick();
    }
  }

  @Test
  void closesConnectionThatSendsNoRequest() {
    pass(ClientConnection.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionThatStopsWithinItsBody() {
    client.busy();
    client.reading();
    pass(ClientConnection.MAX_QUIET_SECONDS);
    client.touch(50_000);
    pass(ClientConnection.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void neverClosesConnectionWhoseCallRuns() {
    client.busy();
    pass(ClientConnection.MAX_QUIET_SECONDS * 10);
    assertThat(closed).hasValue(0);
    client.quiet();
    pass(ClientConnection.MAX_QUIET_SECONDS);
    assertThat(closed).hasValue(0);
    pass(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesConnectionWhoseBodyComesTooSlowly() {
    client.busy();
    client.reading();
    int bytes = ClientConnection.MIN_BODY_RATE / 2;
    for (int i = 0; i < ClientConnection.MAX_QUIET_SECONDS * 2; i++) {
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
    for (int i = 0; i < ClientConnection.MAX_QUIET_SECONDS * 10; i++) {
      client.touch(ClientConnection.MIN_BODY_RATE);
      pass(1);
    }
    assertThat(closed).hasValue(0);
  }

  @Test
  void countsNoTimeAgainstBodyThatWaitsForUs() {
    client.reading();
    for (int i = 0; i < ClientConnection.MAX_QUIET_SECONDS * 2; i++) {
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
    pass(ClientConnection.MAX_QUIET_SECONDS);
    client.writing();
    pass(ClientConnection.MAX_QUIET_SECONDS);
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
    pass(ClientConnection.MAX_QUIET_SECONDS + 3);
    assertThat(refusals.count()).isEqualTo(1);
  }

  @Test
  void countsNoRefusalOfAClientThatOnlyAsksForNothingMore() {
    pass(ClientConnection.MAX_QUIET_SECONDS + 3);
    assertThat(closed.get()).isPositive();
    assertThat(refusals.count()).isZero();
  }
}
