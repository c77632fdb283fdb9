package io.snakepit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.vertx.core.eventbus.EventBus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The house plan of docs/architecture.md: who may know whom. */
class ArchitectureTest {
  private static final String ROOT = "io.snakepit";

  /**
   * From the ground up. Rooms on one floor don't know each other; the top floor is one room. Some
   * rooms are named that are still to come: cluster, session, grpc, mcp.
   */
  private static final List<Set<String>> FLOORS =
      List.of(
          Set.of("api", "config", "bus", "telemetry", "vertx"),
          Set.of("process", "cluster"),
          Set.of("bridge"),
          Set.of("worker"),
          Set.of("heartbeat", "registry", "session"),
          Set.of("pool"),
          Set.of("http", "eventbus", "grpc", "mcp", "diagnostics"),
          Set.of("host"),
          Set.of("", "cli"));

  private static final int TOP = FLOORS.size() - 1;

  private static final Map<String, Integer> FLOOR_OF =
      IntStream.rangeClosed(0, TOP)
          .boxed()
          .flatMap(floor -> FLOORS.get(floor).stream().map(room -> Map.entry(room, floor)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  @Test
  void everyClassLivesInARoomOfThePlan() {
    assertThat(classes).isNotEmpty();
    assertThat(classes).allSatisfy(each -> assertThat(FLOOR_OF).containsKey(roomOf(each)));
  }

  @Test
  void importsPointOnlyDownward() {
    assertThat(crossings().filter(d -> floorOf(d.getTargetClass()) > floorOf(d.getOriginClass())))
        .isEmpty();
  }

  /** On the ground floor {@code bus} carries the words of {@code api}. */
  @Test
  void roomsOnOneFloorDoNotKnowEachOther() {
    assertThat(
            crossings()
                .filter(d -> floorOf(d.getTargetClass()) == floorOf(d.getOriginClass()))
                .filter(d -> floorOf(d.getOriginClass()) != TOP)
                .filter(d -> !isBusSpeakingOfApi(d)))
        .isEmpty();
  }

  private static boolean isBusSpeakingOfApi(Dependency dependency) {
    return roomOf(dependency.getOriginClass()).equals("bus")
        && roomOf(dependency.getTargetClass()).equals("api");
  }

  /** Fails if two packages know each other, directly or by way of others. */
  @Test
  void noPackagesFormACycle() {
    SlicesRuleDefinition.slices()
        .assignedFrom(new EachPackage())
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  /** One slice a package, {@code pool.machine} as much as {@code pool}. */
  private static final class EachPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass each) {
      return SliceIdentifier.of(each.getPackageName());
    }

    @Override
    public String getDescription() {
      return "each package";
    }
  }

  /** Doors give calls to a {@code CallExecutor} and ask pools by a {@code PoolClient}. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "eventbus"})
  void doorsKnowNeitherPoolsNorTheHost(String door) {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAPackage(ROOT + "." + door + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT, ROOT + ".host..", ROOT + ".pool..")
        .check(classes);
  }

  /** The root package is the front door alone. */
  @Test
  void theRootPackageIsTheFrontDoorAlone() {
    assertThat(classes.stream().filter(each -> each.getPackageName().equals(ROOT)))
        .extracting(ArchitectureTest::outermost)
        .containsOnly(
            ROOT + ".Snakepit", ROOT + ".SnakepitVerticle", ROOT + ".Pool", ROOT + ".package-info");
  }

  @Test
  void onlyItsLauncherKnowsNuProcess() {
    Stream<String> guests =
        classes.stream()
            .filter(
                each ->
                    each.getDirectDependenciesFromSelf().stream()
                        .anyMatch(d -> packageOf(d).startsWith("com.zaxxer.nuprocess")))
            .map(ArchitectureTest::outermost);
    assertThat(guests.distinct()).isSubsetOf(ROOT + ".process.NuProcessLauncher");
  }

  /** Pools are asked in one class, which knows how long to wait and what silence means. */
  @Test
  void onlyClientsAskOverTheBus() {
    Stream<String> askers =
        classes.stream()
            .filter(
                each ->
                    each.getMethodCallsFromSelf().stream()
                        .anyMatch(
                            call ->
                                call.getName().equals("request")
                                    && call.getTargetOwner().isAssignableTo(EventBus.class)))
            .map(ArchitectureTest::outermost);
    assertThat(askers.distinct())
        .containsExactlyInAnyOrder(ROOT + ".bus.PoolClient", ROOT + ".worker.RegistryClient");
  }

  /** The wire's messages end in one room: whatever lies above speaks our own words. */
  @Test
  void onlyTheBridgeKnowsTheWiresMessages() {
    assertThat(
            classes.stream()
                .filter(each -> !roomOf(each).equals("bridge"))
                .map(JavaClass::getDirectDependenciesFromSelf)
                .flatMap(Set::stream)
                .filter(d -> packageOf(d).equals(ROOT + ".bridge.v1")))
        .isEmpty();
  }

  @Test
  void oneRoomKnowsTheInternalsOfVertxAndNetty() {
    Stream<String> strangers =
        classes.stream()
            .filter(each -> !roomOf(each).equals("vertx"))
            .filter(
                each -> each.getDirectDependenciesFromSelf().stream().anyMatch(d -> isInternal(d)))
            .map(ArchitectureTest::outermost);
    assertThat(strangers.distinct()).isEmpty();
  }

  private static boolean isInternal(Dependency dependency) {
    String name = packageOf(dependency);
    return name.startsWith("io.netty")
        || (name.startsWith("io.vertx") && (name + ".").matches(".*\\.(internal|impl)\\..*"));
  }

  /**
   * Methods that end sooner the sooner two texts differ, and so tell how much of a key is right.
   */
  private static final Set<String> HASTY =
      Set.of(
          "equals",
          "equalsIgnoreCase",
          "contentEquals",
          "deepEquals",
          "compareTo",
          "compareToIgnoreCase",
          "compare",
          "mismatch",
          "contains",
          "containsKey",
          "indexOf",
          "startsWith",
          "endsWith",
          "matches",
          "hashCode");

  /** Fails if a key is compared, or looked up, by anything but {@code MessageDigest.isEqual}. */
  @Test
  void keysAreComparedInConstantTimeAlone() {
    JavaClass keys = classes.get(ROOT + ".http.ApiKeys");
    assertThat(keys.getMethodCallsFromSelf())
        .extracting(call -> call.getTarget().getName())
        .doesNotContainAnyElementsOf(HASTY);
    assertThat(keys.getMethodCallsFromSelf())
        .extracting(call -> call.getTargetOwner().getName() + "." + call.getTarget().getName())
        .contains("java.security.MessageDigest.isEqual");
    assertThat(keys.getMethodReferencesFromSelf())
        .extracting(reference -> reference.getTarget().getName())
        .doesNotContainAnyElementsOf(HASTY);
  }

  /** Keys leave the class that compares them nowhere: nobody else can. */
  @Test
  void nobodyElseSeesTheKeysThatACallerMayHave() {
    assertThat(
            classes.stream()
                .filter(each -> !roomOf(each).equals("config"))
                .flatMap(each -> each.getMethodCallsFromSelf().stream())
                .filter(call -> call.getTarget().getName().equals("apiKeys"))
                .map(call -> outermost(call.getOriginOwner())))
        .containsOnly(ROOT + ".http.HttpVerticle", ROOT + ".host.Doors");
  }

  @Test
  void everyPackageSaysWhatItIsForAndMarksItsNulls() {
    Map<String, List<JavaClass>> packages =
        classes.stream()
            .filter(each -> !isGenerated(each))
            .collect(Collectors.groupingBy(JavaClass::getPackageName));
    assertThat(packages.keySet())
        .allSatisfy(
            name ->
                assertThat(classes.getPackage(name).tryGetPackageInfo())
                    .as("package-info of %s", name)
                    .hasValueSatisfying(
                        info ->
                            assertThat(info.isAnnotatedWith(NullMarked.class))
                                .as("%s is @NullMarked", name)
                                .isTrue()));
  }

  /** Every dependency of one room of ours on another. */
  private static Stream<Dependency> crossings() {
    return classes.stream()
        .map(JavaClass::getDirectDependenciesFromSelf)
        .flatMap(Set::stream)
        .filter(d -> d.getTargetClass().getPackageName().startsWith(ROOT))
        .filter(d -> !roomOf(d.getTargetClass()).equals(roomOf(d.getOriginClass())));
  }

  private static int floorOf(JavaClass each) {
    return FLOOR_OF.get(roomOf(each));
  }

  /** The package right below the root: what lies deeper belongs to the same room. */
  private static String roomOf(JavaClass each) {
    String name = each.getPackageName();
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", -1)[0];
  }

  private static String packageOf(Dependency dependency) {
    return dependency.getTargetClass().getPackageName();
  }

  private static boolean isGenerated(JavaClass each) {
    return each.getPackageName().equals(ROOT + ".bridge.v1");
  }

  private static String outermost(JavaClass each) {
    return each.getName().split("\\$", -1)[0];
  }
}
