package io.snakepit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * More than eight values are given by name: in groups, by a builder, or by Jackson, whose calls are
 * reflective and so don't count here. Tests and the benchmark are looked at as well.
 */
class ConstructorsTest {
  private static final String ROOT = "io.snakepit";
  private static final int MOST_VALUES = 8;

  @Test
  void nobodyGivesAConstructorMoreThanEightValuesByPosition() {
    JavaClasses ours =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("ConstructorsTest"))
            .importPackages(ROOT);

    assertThat(ours).isNotEmpty();
    assertThat(longCalls(ours)).isEmpty();
  }

  @Test
  void nineValuesAreFoundInACallAndBehindAReference() {
    JavaClasses examples =
        new ClassFileImporter()
            .importClasses(Nine.class, Nine.Builder.class, Caller.class, Maker.class);

    assertThat(longCalls(examples).map(JavaCodeUnitAccess::getName)).hasSize(2);
    assertThat(longCalls(examples))
        .allSatisfy(
            each -> assertThat(each.getOriginOwner().isEquivalentTo(Caller.class)).isTrue());
  }

  private static Stream<JavaCodeUnitAccess<?>> longCalls(JavaClasses classes) {
    return classes.stream()
        .flatMap(ConstructorsTest::constructions)
        .filter(access -> isOurs(access.getTargetOwner()))
        .filter(access -> access.getTarget().getRawParameterTypes().size() > MOST_VALUES)
        .filter(access -> !isOwn(access.getOriginOwner(), access.getTargetOwner()));
  }

  private static Stream<JavaCodeUnitAccess<?>> constructions(JavaClass caller) {
    return Stream.concat(
        caller.getConstructorCallsFromSelf().stream(),
        caller.getConstructorReferencesFromSelf().stream());
  }

  private static boolean isOurs(JavaClass each) {
    return each.getPackageName().startsWith(ROOT)
        && !each.getPackageName().equals(ROOT + ".bridge.v1");
  }

  /** Returns whether a class is the one that is built, or its builder. */
  private static boolean isOwn(JavaClass caller, JavaClass built) {
    boolean isBuilder =
        caller.getSimpleName().equals("Builder")
            && caller.getEnclosingClass().filter(built::equals).isPresent();
    return isBuilder || caller.equals(built);
  }

  record Nine(int a, int b, int c, int d, int e, int f, int g, int h, int i) {

    static Nine zero() {
      return new Nine(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    static final class Builder {
      static Nine build() {
        return new Nine(1, 1, 1, 1, 1, 1, 1, 1, 1);
      }
    }
  }

  interface Maker {
    Nine make(int a, int b, int c, int d, int e, int f, int g, int h, int i);
  }

  static final class Caller {
    static final Maker REFERENCE = Nine::new;

    static Nine call() {
      return new Nine(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }
}
