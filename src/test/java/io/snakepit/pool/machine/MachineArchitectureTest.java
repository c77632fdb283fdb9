package io.snakepit.pool.machine;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The machine is pure, and its parts don't go round in circles. */
class MachineArchitectureTest {
  private static final String ROOM = PoolState.class.getPackageName();
  private static final Set<String> ROOMS =
      Set.of(ROOM, "io.snakepit.api", "org.jspecify.annotations");

  /** Classes that a call carries. */
  private static final Set<String> CARRIED =
      Set.of(Buffer.class.getName(), ReadStream.class.getName());

  /** Calls and workers refer to each other, to the lists that they are in, and to effects. */
  private static final Set<Class<?>> DATA =
      Set.of(
          Ticket.class,
          WorkerSlot.class,
          CallQueue.class,
          Batch.class,
          Flow.class,
          PoolEffect.class);

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOM);
    assertThat(classes).hasSizeGreaterThan(40);
  }

  private static Stream<Dependency> dependencies() {
    return classes.stream().flatMap(each -> each.getDirectDependenciesFromSelf().stream());
  }

  private static JavaClass target(Dependency dependency) {
    return dependency.getTargetClass().getBaseComponentType();
  }

  private static String packageOf(Dependency dependency) {
    return target(dependency).getPackageName();
  }

  @Test
  void usesTheJdkTheApiAndItselfAlone() {
    assertThat(
            dependencies()
                .filter(d -> !target(d).isPrimitive())
                .filter(d -> !packageOf(d).startsWith("java."))
                .filter(d -> !ROOMS.contains(packageOf(d)))
                .filter(d -> !CARRIED.contains(target(d).getName())))
        .isEmpty();
  }

  @Test
  void asksNoClock() {
    assertThat(
            dependencies()
                .filter(d -> packageOf(d).startsWith("java.time"))
                .filter(d -> !target(d).isEquivalentTo(Duration.class)))
        .isEmpty();
    assertThat(uses(System.class)).isEmpty();
  }

  @Test
  void writesNoLog() {
    assertThat(dependencies().filter(d -> packageOf(d).startsWith("java.util.logging"))).isEmpty();
    assertThat(dependencies().filter(d -> target(d).getName().startsWith("java.lang.System$")))
        .isEmpty();
  }

  @Test
  void startsNoThreadAndNoTimer() {
    assertThat(
            dependencies()
                .filter(d -> packageOf(d).startsWith("java.util.concurrent"))
                .filter(d -> !target(d).getName().equals("java.util.concurrent.TimeUnit")))
        .isEmpty();
    assertThat(dependencies().filter(d -> target(d).getName().equals("java.util.Timer"))).isEmpty();
    assertThat(uses(Thread.class)).isEmpty();
  }

  /** Chance is what it is handed. */
  @Test
  void makesNoChanceOfItsOwn() {
    assertThat(
            dependencies()
                .filter(d -> target(d).isAssignableTo(RandomGenerator.class))
                .filter(d -> !target(d).isEquivalentTo(RandomGenerator.class)))
        .isEmpty();
    assertThat(dependencies().filter(d -> target(d).getName().equals("java.util.UUID"))).isEmpty();
    assertThat(uses(RandomGenerator.class).filter(call -> !call.contains("nextDouble()")))
        .isEmpty();
    assertThat(uses(Math.class).filter(call -> call.contains("random"))).isEmpty();
  }

  /** The machine returns effects instead: the shell answers. */
  @Test
  void answersNoCaller() {
    assertThat(uses(Caller.class)).isEmpty();
    assertThat(uses(StreamConsumer.class)).isEmpty();
  }

  @Test
  void noPartKnowsTheWhole() {
    assertThat(
            dependencies()
                .filter(d -> target(d).isEquivalentTo(PoolState.class))
                .filter(d -> !d.getOriginClass().isEquivalentTo(PoolState.class)))
        .isEmpty();
  }

  @Test
  void onlyDataRefersToEachOtherInACircle() {
    slices().assignedFrom(new ByOutermostClass()).should().beFreeOfCycles().check(classes);
  }

  /** All data is one slice, every other class with what is nested in it one of its own. */
  private static final class ByOutermostClass implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass each) {
      String outermost = each.getName().split("\\$", -1)[0];
      boolean data = DATA.stream().anyMatch(type -> type.getName().equals(outermost));
      return each.getPackageName().equals(ROOM)
          ? SliceIdentifier.of(data ? "data" : outermost)
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "classes of the machine";
    }
  }

  /** Every call of a method, and every look at a field, of a class of the outside. */
  private static Stream<String> uses(Class<?> owner) {
    Stream<String> calls =
        classes.stream()
            .flatMap(each -> each.getCodeUnitAccessesFromSelf().stream())
            .filter(call -> call.getTargetOwner().isEquivalentTo(owner))
            .map(JavaCodeUnitAccess::getDescription);
    Stream<String> fields =
        classes.stream()
            .flatMap(each -> each.getFieldAccessesFromSelf().stream())
            .filter(look -> look.getTargetOwner().isEquivalentTo(owner))
            .map(JavaFieldAccess::getDescription);
    return Stream.concat(calls, fields);
  }
}
