package io.snakepit.pool.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.snakepit.api.Event;
import io.snakepit.api.WorkerEnd;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private final CircuitBreaker circuit = new CircuitBreaker(3, 1_000, 100);

  @Test
  void opensAtSoManyCrashesWithinTheWindow() {
    assertThat(circuit.crashed("a", 0)).isFalse();
    assertThat(circuit.crashed("b", 500)).isFalse();
    assertThat(circuit.crashed("c", 999)).isTrue();
    assertThat(circuit.isOpen()).isTrue();
    assertThat(circuit.crashed("d", 999)).as("opens once").isFalse();
  }

  @Test
  void forgetsWhatIsOlderThanTheWindow() {
    circuit.crashed("a", -400);
    circuit.crashed("b", 0);
    assertThat(circuit.crashed("c", 600)).isFalse();
    assertThat(circuit.isOpen()).isFalse();
  }

  @Test
  void neverOpensAtZero() {
    CircuitBreaker never = new CircuitBreaker(0, 1_000, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(never.crashed("a", i)).isFalse();
    }
  }

  @Test
  void closesOnceAWorkerHasStayedUp() {
    open();
    assertThat(circuit.isClosing()).isFalse();
    circuit.ready("d", 20);
    circuit.ready("e", 50);
    assertThat(circuit.closesAt()).isEqualTo(120);
    assertThat(circuit.closeIfDue(119)).isFalse();
    assertThat(circuit.closeIfDue(120)).isTrue();
    assertThat(circuit.isOpen()).isFalse();
  }

  @Test
  void whoCrashesOnProbationClosesNothing() {
    open();
    circuit.ready("d", 20);
    circuit.ready("e", 50);
    circuit.crashed("d", 60);
    assertThat(circuit.closesAt()).isEqualTo(150);
    circuit.left("e");
    assertThat(circuit.isClosing()).isFalse();
  }

  @Test
  void opensAgainAtTheNextCrashWithinTheWindow() {
    open();
    circuit.ready("d", 20);
    circuit.closeIfDue(120);
    assertThat(circuit.crashed("d", 130)).isTrue();
  }

  private void open() {
    circuit.crashed("a", 0);
    circuit.crashed("b", 5);
    circuit.crashed("c", 10);
  }

  /** Tests of the breaker in its pool. */
  @Nested
  class InAPool {
    private final PoolScript pool = new PoolScript(2, 10, 10, 3).serving();

    private void crashThrice() {
      pool.crashes("p-1");
      pool.crashes("p-2");
      pool.ready("p-3");
      pool.crashes("p-3");
    }

    @Test
    void callsFailFastWhileItIsOpen() {
      pool.submit();
      pool.submit();
      pool.submit();
      crashThrice();
      pool.submit();
      assertThat(pool.refused())
          .containsExactly(
              "c2 WORKER_CRASHED", "c1 WORKER_CRASHED", "c3 WORKER_CRASHED", "c4 POOL_UNAVAILABLE");
      assertThat(events()).contains(Event.POOL_CIRCUIT_OPEN);
    }

    @Test
    void whoWaitsIsToldAtOnce() {
      for (int i = 0; i < 4; i++) {
        pool.submit();
      }
      crashThrice();
      assertThat(pool.refused()).last().isEqualTo("c4 POOL_UNAVAILABLE");
    }

    @Test
    void aWorkerOnProbationGetsNoCalls() {
      crashThrice();
      pool.taken();
      pool.ready("p-4");
      pool.submit();
      assertThat(pool.refused()).containsExactly("c1 POOL_UNAVAILABLE");
    }

    /** The pool is whole all the while. */
    @Test
    void successorsThatFailToStartAreNoReasonToOpen() {
      pool.does(pool.orders.recycle("p-1"));
      for (int worker = 3; worker < 8; worker++) {
        pool.crashes("p-" + worker);
      }
      assertThat(pool.state.phase()).isEqualTo(PoolPhase.SERVING);
    }

    @Test
    void restartsGoOnAtTheLastBackoff() {
      crashThrice();
      assertThat(pool.starts()).last().extracting("delayNanos").isEqualTo(PoolScript.ms(100));
    }

    @Test
    void servesAgainOnceAWorkerHasStayedUp() {
      crashThrice();
      pool.ready("p-4");
      pool.passes(1_000);
      assertThat(events()).contains(Event.POOL_CIRCUIT_CLOSED);
      pool.submit();
      assertThat(pool.dispatched()).containsExactly("c1@p-4");
    }

    /** A call that does not come back is not the adapter's crash. */
    @Test
    void workersThatWeKilledForALateCallAreNoCrashes() {
      for (int round = 0; round < 5; round++) {
        pool.submit(10);
        pool.passes(10 + PoolScript.CANCEL_GRACE_MS);
        pool.does(
            pool.state.workerEnded(
                pool.kills().get(pool.kills().size() - 1), "killed", WorkerEnd.DIED, pool.now));
        pool.ready(pool.starts().get(pool.starts().size() - 1).worker());
      }
      assertThat(pool.state.phase()).isEqualTo(PoolPhase.SERVING);
      assertThat(events()).doesNotContain(Event.WORKER_CRASHED, Event.POOL_CIRCUIT_OPEN);
    }

    @Test
    void canBeDrainedWhileItIsOpen() {
      crashThrice();
      pool.drains(100);
      pool.stops("p-4");
      pool.stops("p-5");
      assertThat(pool.state.phase()).isEqualTo(PoolPhase.STOPPED);
    }

    private List<Event> events() {
      return pool.announced();
    }
  }
}
