package dev.millrace.structure;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The directions of ARCHITECTURE.md, over the compiled classes of all modules. */
final class ArchitectureTest {
  private static final String ROOT = "dev.millrace.";

  /** Module to the modules it may use. A module that is not here may not exist. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("model", Set.of()),
          Map.entry("engine", Set.of("model")),
          Map.entry("kafka", Set.of("model")),
          Map.entry("plugins", Set.of("model")),
          Map.entry("formats/json", Set.of()),
          Map.entry("worker", Set.of("model", "engine", "kafka", "plugins", "formats/json")),
          Map.entry("rest", Set.of("model", "worker")),
          Map.entry("topology", Set.of("model")),
          Map.entry("servers", Set.of()),
          Map.entry("bench", Set.of("kafka", "bench/plugin")),
          // its package is inside that of bench, which it cannot see
          Map.entry("bench/plugin", Set.of("bench")),
          Map.entry("testkit", Set.of("model", "engine", "worker")),
          Map.entry("connectors/jdbc", Set.of()),
          Map.entry("connectors/processor", Set.of()),
          Map.entry(
              "cli", Set.of("model", "kafka", "plugins", "worker", "rest", "topology", "servers")));

  private static Repository repository;
  private static JavaClasses classes;

  @BeforeAll
  static void importClasses() {
    repository = Repository.here();
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    List<Path> folders =
        repository.modules().stream()
            .map(module -> repository.root().resolve(module).resolve("target/classes"))
            .toList();
    assertThat(folders)
        .as("Every module has to be compiled first: run the whole build, mvn verify")
        .allMatch(Files::isDirectory);
    classes = new ClassFileImporter().importPaths(folders);
  }

  private static String packageOf(String module) {
    return ROOT + module.replace('/', '.');
  }

  private static boolean isIn(JavaClass type, String module) {
    String root = packageOf(module);
    return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
  }

  @Test
  void modulesAreThoseOfTheArchitecture() {
    assertThat(repository.modules())
        .as("A new module needs its line here and in ARCHITECTURE.md")
        .isSubsetOf(MAY_USE.keySet());
  }

  @Test
  void everyClassLiesInThePackageOfItsModule() {
    for (String file : repository.mainSources()) {
      String module = file.replaceFirst("/src/main/java/.*", "");
      assertThat(file).contains("/src/main/java/" + packageOf(module).replace('.', '/') + "/");
    }
  }

  @TestFactory
  List<DynamicTest> modulesUseOnlyWhatTheyMay() {
    return MAY_USE.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> usesOnly(e.getKey(), e.getValue())))
        .toList();
  }

  private static void usesOnly(String module, Set<String> allowed) {
    String[] forbidden =
        MAY_USE.keySet().stream()
            .filter(other -> !other.equals(module) && !allowed.contains(other))
            .map(other -> packageOf(other) + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(packageOf(module) + "..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(forbidden))
        .because("module " + module + " may use only " + new TreeSet<>(allowed))
        .allowEmptyShould(true)
        .check(classes);
  }

  @Test
  void modelUsesTheJdkOnlyAndNothingThatWaitsOrLogs() {
    noClasses()
        .that()
        .resideInAPackage("dev.millrace.model..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.not(resideInAnyPackage("dev.millrace.model..", "java..")))
        .orShould()
        .dependOnClassesThat(
            resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.sql.."))
        .orShould()
        .dependOnClassesThat(
            new DescribedPredicate<JavaClass>("are threads, clocks or loggers") {
              @Override
              public boolean test(JavaClass type) {
                return Set.of(
                        "java.lang.Thread",
                        "java.time.Clock",
                        "java.time.InstantSource",
                        "java.lang.System$Logger",
                        "java.util.Timer",
                        "java.util.concurrent.Executors",
                        "java.util.concurrent.ExecutorService")
                    .contains(type.getName());
              }
            })
        .because("the model decides and nothing else; time and chance come in as arguments")
        .check(classes);
  }

  @Test
  void connectorsUseNothingOfOursAndNoServerOfKafka() {
    noClasses()
        .that()
        .resideInAPackage("dev.millrace.connectors..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.millrace..")
                .and(DescribedPredicate.not(resideInAPackage("dev.millrace.connectors.."))))
        .because("built-in connectors are plugins like anyone's and run on Kafka Connect too")
        .check(classes);
  }

  @Test
  void nobodyUsesTheRuntimeOfKafkaConnect() {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.apache.kafka.connect.runtime.."))
        .because("this is a runtime of its own")
        .check(classes);
  }

  @Test
  void onlyOneClassTouchesTheKafkaServer() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.millrace.kafka.BrokerRuntime")
        .and(
            DescribedPredicate.describe(
                "are not nested in it",
                c -> !c.getName().startsWith(ROOT + "kafka.BrokerRuntime$")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "kafka..",
                "org.apache.kafka.controller..",
                "org.apache.kafka.image..",
                "org.apache.kafka.metadata..",
                "org.apache.kafka.raft..",
                "org.apache.kafka.server..",
                "org.apache.kafka.storage..",
                "scala.."))
        .because("the server's classes are no public API: kafka.BrokerRuntime alone adapts them")
        .check(classes);
  }

  @TestFactory
  List<DynamicTest> packagesFormNoCycles() {
    return repository.modules().stream()
        .map(
            m ->
                DynamicTest.dynamicTest(
                    m,
                    () ->
                        slices()
                            .assignedFrom(packages(m))
                            .should()
                            .beFreeOfCycles()
                            .allowEmptyShould(true)
                            .check(classes)))
        .toList();
  }

  private static SliceAssignment packages(String module) {
    return new SliceAssignment() {
      @Override
      public String getDescription() {
        return "packages of " + module;
      }

      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return isIn(type, module)
            ? SliceIdentifier.of(type.getPackageName())
            : SliceIdentifier.ignore();
      }
    };
  }

  @Test
  void onlyTheListedStartThreads() {
    check(
        Permits.THREADS,
        usersOf(ArchitectureTest::startsThreads),
        "Give the work to a thread that exists, or take a thread factory as an argument");
  }

  private static boolean startsThreads(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    return switch (owner) {
      case "java.lang.Thread" ->
          Set.of("<init>", "ofPlatform", "ofVirtual", "startVirtualThread").contains(name);
      case "java.util.concurrent.Executors" -> !name.equals("callable");
      case "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.ScheduledThreadPoolExecutor",
          "java.util.concurrent.ForkJoinPool",
          "java.util.Timer" ->
          name.equals("<init>") || name.equals("commonPool");
      default -> false;
    };
  }

  @Test
  void onlyTheListedReadTheClock() {
    check(
        Permits.CLOCK,
        usersOf(ArchitectureTest::readsClock),
        "Take the time as an argument, a LongSupplier or an InstantSource");
  }

  private static boolean readsClock(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    boolean system =
        owner.equals("java.lang.System") && Set.of("nanoTime", "currentTimeMillis").contains(name);
    boolean clock = owner.equals("java.time.Clock") && name.startsWith("system");
    boolean now =
        owner.startsWith("java.time.")
            && name.equals("now")
            && access.getTarget().getFullName().endsWith("now()");
    return system || clock || now;
  }

  @Test
  void onlyTheListedSleep() {
    check(Permits.SLEEP, usersOf(ArchitectureTest::sleeps), "Await a condition with a deadline");
  }

  private static boolean sleeps(JavaAccess<?> access) {
    return switch (access.getTargetOwner().getName()) {
      case "java.lang.Thread", "java.util.concurrent.TimeUnit" -> access.getName().equals("sleep");
      case "java.util.concurrent.locks.LockSupport" -> access.getName().startsWith("park");
      default -> false;
    };
  }

  @Test
  void onlyTheCommandLineTouchesTheProcess() {
    check(
        Permits.PROCESS,
        usersOf(ArchitectureTest::touchesProcess),
        "Only cli ends the process or reads its environment: pass values in");
  }

  private static boolean touchesProcess(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    return switch (owner) {
      case "java.lang.System" -> Set.of("exit", "getenv").contains(name);
      case "java.lang.Runtime" -> Set.of("exit", "halt", "addShutdownHook").contains(name);
      case "org.apache.kafka.common.utils.Exit" -> true;
      default -> false;
    };
  }

  @Test
  void onlyTheListedUseMonitors() {
    Set<String> users = new TreeSet<>();
    for (ParsedSource source : ParsedSource.of(repository, repository.mainSources())) {
      if (source.usesMonitor()) {
        users.add(source.typeName().substring(ROOT.length()));
      }
    }
    check(Permits.MONITORS, users, "Confine the state to a thread, or use java.util.concurrent");
  }

  private static Set<String> usersOf(Predicate<JavaAccess<?>> what) {
    Set<String> users = new TreeSet<>();
    for (JavaClass type : classes) {
      if (type.getAccessesFromSelf().stream().anyMatch(what)) {
        String name = type.getName().replaceFirst("\\$.*", "");
        users.add(name.substring(ROOT.length()));
      }
    }
    return users;
  }

  private static void check(Map<String, String> permits, Set<String> users, String instead) {
    Map<String, String> listed = new TreeMap<>(permits);
    // the outside: programs that own their process and its terminal
    users.removeIf(name -> name.startsWith("cli.") || name.startsWith("bench."));
    assertThat(users)
        .as("%s; or put the class on the list in Permits with a reason", instead)
        .isSubsetOf(listed.keySet());
    listed.keySet().removeAll(users);
    assertThat(listed).as("Permits nobody uses any more; take them off the list").isEmpty();
  }
}
