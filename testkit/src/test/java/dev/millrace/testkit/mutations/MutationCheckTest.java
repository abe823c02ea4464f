package dev.millrace.testkit.mutations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.millrace.testkit.ClusterScenario;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Each rule of the control plane is needed: without it some seed of the simulation fails, or the
 * test named for it. What was found is printed with the first seed that found it.
 */
@Tag("mutations")
class MutationCheckTest {
  private static final int SEEDS = Integer.getInteger("millrace.seeds", 20_000);
  private static final int AT_ONCE = 50;
  private static final Path REPOSITORY = Path.of("..");

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.millrace.testkit.mutations.Mutations#all")
  void aMissingRuleIsNoticed(Mutation mutation) throws Exception {
    var sources = new TreeMap<String, String>();
    sources.put(Mutation.className(mutation.file()), mutation.apply(read(mutation.file())));
    String test = mutation.proof().test();
    if (!test.isEmpty()) sources.put(Mutation.className(test), read(test));
    var classes = MutatedClasses.with(sources, folder);
    if (test.isEmpty()) {
      var found = firstFault(play(classes));
      System.out.printf(
          "%-80s %s%n", mutation, found.isPresent() ? "seed " + found.getAsLong() : "SURVIVES");
      assertThat(found).as("'%s' is missed in none of %d seeds", mutation, SEEDS).isPresent();
    } else {
      long failures = failures(classes, Mutation.className(test));
      System.out.printf("%-80s %d tests%n", mutation, failures);
      assertThat(failures).as("tests that miss '%s'", mutation).isPositive();
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(REPOSITORY.resolve(file));
  }

  private static LongFunction<String> play(ClassLoader classes) throws Exception {
    var play =
        MethodHandles.publicLookup()
            .findStatic(
                classes.loadClass(ClusterScenario.class.getName()),
                "play",
                MethodType.methodType(String.class, long.class));
    return seed -> {
      try {
        return (String) play.invoke(seed);
      } catch (Throwable broken) {
        return broken.toString(); // an invariant that the code itself checks
      }
    };
  }

  private static OptionalLong firstFault(LongFunction<String> play) {
    for (long from = 0; from < SEEDS; from += AT_ONCE) {
      var found =
          LongStream.range(from, from + AT_ONCE)
              .parallel()
              .filter(seed -> !play.apply(seed).isEmpty())
              .min();
      if (found.isPresent()) return found;
    }
    return OptionalLong.empty();
  }

  private static long failures(ClassLoader classes, String test) throws ClassNotFoundException {
    var summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(classes.loadClass(test)))
                .build(),
            summary);
    assertThat(summary.getSummary().getTestsFoundCount()).isPositive();
    return summary.getSummary().getTestsFailedCount();
  }
}
