package dev.millrace.structure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Formatting, sizes and cleanness of everything under version control. */
final class TidyTest {
  private static final int FILE_LINES = 500;
  private static final int METHOD_LINES = 60;

  /** Methods that may be longer, since they only declare settings, one after the other. */
  private static final Set<String> TABLES =
      Set.of("ClusterKeys.java#network", "SourceKeys.java#defineNew");

  /** A test's plugin that waits between its polls as real ones do; no test waits by it. */
  private static final String PACED_SOURCE =
      "worker/src/test/java/dev/millrace/worker/NumberSource.java";

  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  /** Absolute paths of a person's or a build machine's own folders. */
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.$}/-])/(?:work|root|Users|home|build)/[\\w.]");

  /** Hosts that serve packages; which one is used is the business of each machine. */
  private static final Pattern REGISTRY =
      Pattern.compile(
          "https?://(?:[^/\\s\"']*(?:nexus|artifactory|registry|mirror|proxy)[^/\\s\"']*|repo\\d*\\.[^/\\s\"']+)");

  private static final Pattern TEXT_FILE =
      Pattern.compile(
          ".*\\.(?:java|md|xml|yaml|yml|properties|json|txt|sh|sql|html|css|js)|[^.]*|\\.ci/.*|.*/[^./]+");

  private final Repository repository = Repository.here();

  @Test
  void sourcesAreFormatted() {
    Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    List<String> wrong =
        repository.filesEndingIn(".java").parallelStream()
            .filter(file -> !formatted(formatter, file))
            .sorted()
            .toList();
    assertThat(wrong).as("Not formatted. Run: .ci/format %s", String.join(" ", wrong)).isEmpty();
  }

  private boolean formatted(Formatter formatter, String file) {
    String source = repository.read(file);
    try {
      String used = RemoveUnusedImports.removeUnusedImports(source);
      String ordered = ImportOrderer.reorderImports(used, JavaFormatterOptions.Style.GOOGLE);
      return formatter.formatSource(ordered).equals(source);
    } catch (FormatterException e) {
      throw new IllegalStateException(file + " cannot be formatted: " + e.getMessage(), e);
    }
  }

  @Test
  void filesAreShort() {
    List<String> longOnes =
        repository.mainSources().stream()
            .filter(file -> repository.read(file).lines().count() > FILE_LINES)
            .toList();
    assertThat(longOnes).as("More than %d lines: split by concern", FILE_LINES).isEmpty();
  }

  @Test
  void methodsAreShort() {
    Set<String> longOnes = new TreeSet<>();
    for (ParsedSource source : ParsedSource.of(repository, repository.mainSources())) {
      for (ParsedSource.Method method : source.methods()) {
        if (method.lines() > METHOD_LINES) {
          longOnes.add(source.file().replaceFirst(".*/", "") + "#" + method.name());
        }
      }
    }
    assertThat(longOnes)
        .as("More than %d lines: split, or list in TABLES", METHOD_LINES)
        .isEqualTo(TABLES);
  }

  @Test
  void nothingIsLeftUnfinished() {
    assertThat(places(repository.filesEndingIn(".java"), UNFINISHED))
        .as("Finish it, or open an issue and say there what is missing")
        .isEmpty();
  }

  @Test
  void testsDoNotSleep() {
    List<String> tests =
        repository.filesEndingIn(".java").stream()
            .filter(f -> f.contains("src/test/") && !f.equals(PACED_SOURCE))
            .toList();
    assertThat(places(tests, Pattern.compile("\\b(?:Thread|TimeUnit\\.\\w+)\\.sleep" + "\\(")))
        .as("Await a condition with a deadline")
        .isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> silent =
        repository.mainSources().stream()
            .map(file -> file.replaceFirst("/[^/]*$", "/package-info.java"))
            .collect(Collectors.toCollection(TreeSet::new));
    silent.removeAll(Set.copyOf(repository.files()));
    assertThat(silent).as("Say in it what the package is for").isEmpty();
  }

  @Test
  void noMachineIsNamed() {
    assertThat(places(texts(), MACHINE_PATH)).as("A path of one machine").isEmpty();
  }

  @Test
  void noRegistryIsNamed() {
    assertThat(places(texts(), REGISTRY)).as("A host that serves packages").isEmpty();
  }

  private List<String> texts() {
    return repository.files().stream().filter(f -> TEXT_FILE.matcher(f).matches()).toList();
  }

  @Test
  void linksOfDocumentsLeadSomewhere() {
    assertThat(repository.filesEndingIn(".md").stream().flatMap(Links.in(repository)::broken))
        .as("Links to files or headings that are not there")
        .isEmpty();
  }

  /** {@code file:line: text} of all lines in which the pattern is found. */
  private List<String> places(List<String> files, Pattern pattern) {
    Function<String, Stream<String>> search =
        file -> {
          List<String> lines = repository.read(file).lines().toList();
          return IntStream.range(0, lines.size())
              .filter(i -> pattern.matcher(lines.get(i)).find())
              .mapToObj(i -> "%s:%d: %s".formatted(file, i + 1, lines.get(i).strip()));
        };
    return files.stream().flatMap(search).toList();
  }
}
