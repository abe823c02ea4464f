package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** bin/millrace in a distribution, with a Java that only says how it was called. */
final class LauncherTest {
  @TempDir private Path folder;
  private Path distribution;

  @BeforeEach
  void unpack() throws IOException {
    distribution = folder.resolve("a b/millrace");
    Files.createDirectories(distribution.resolve("bin"));
    Files.createDirectories(distribution.resolve("lib"));
    Files.copy(DocumentationTest.repository().resolve("bin/millrace"), program());
    executable(program());
  }

  @Test
  void passesArgumentsAndTheExitCodeOn() throws Exception {
    Run run = run(java("25.0.1"), "query", "visits", "a  b", "", "*");
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.lines())
        .containsSubsequence("dev.millrace.cli.Main", "query", "visits", "a  b", "", "*")
        .contains("--sun-misc-unsafe-memory-access=allow", "-Dmillrace.terminal=false")
        .contains("-Dmillrace.home=" + distribution)
        .contains(distribution + "/lib/*");
  }

  @Test
  void givesOlderJavasOnlyOptionsTheyKnow() throws Exception {
    assertThat(run(java("21.0.9"), "version").lines())
        .contains("--enable-native-access=ALL-UNNAMED")
        .doesNotContain("--sun-misc-unsafe-memory-access=allow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "worker", "standalone"})
  void workersHaveTheOptimisingCompilerAndEndWhenTheyAreOutOfMemory(String command)
      throws Exception {
    assertThat(run(java("25"), command, "file").lines())
        .contains("-XX:+ExitOnOutOfMemoryError")
        .doesNotContain("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    assertThat(run(java("25"), "status").lines()).contains("-XX:TieredStopAtLevel=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "worker", "standalone"})
  void aWorkersHeapGrowsFromLittleUnlessTheUserSaysOtherwise(String command) throws Exception {
    assertThat(run(java("25"), command, "file").lines()).contains("-Xms32m");
    assertThat(
            run(program(), java("25"), List.of(command), Map.of("MILLRACE_OPTS", "-Xms1g")).lines())
        .containsSubsequence("-Xms32m", "-Xms1g"); // the last one counts
  }

  @Test
  void refusesAJavaThatIsTooOld() throws Exception {
    Run run = run(java("17.0.15"), "version");
    assertThat(run.code()).isEqualTo(1);
    assertThat(String.join("\n", run.lines()))
        .contains("MILLRACE_JAVA_HOME is ", "which is no JDK of version 21 or newer");
  }

  @Test
  void followsALinkToItself() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), program());
    Run run = run(link, java("25"), List.of("version"));
    assertThat(run.code()).isEqualTo(7);
    assertThat(run.lines()).contains("-Dmillrace.home=" + distribution);
  }

  @Test
  void isNotLedElsewhereByTheShellsSearchPathOfFolders() throws Exception {
    Files.createDirectories(folder.resolve("elsewhere/bin"));
    Map<String, String> variables = Map.of("CDPATH", folder.resolve("elsewhere").toString());
    Run run = run(Path.of("bin/millrace"), java("25"), List.of("version"), variables);
    assertThat(run.lines()).contains("-Dmillrace.home=" + distribution);
    assertThat(run.code()).isEqualTo(7);
  }

  @Test
  void looksForAJavaWithoutAHomeDirectory() throws Exception {
    Path homeless = folder.resolve("homeless");
    String text = "#!/bin/sh\nunset HOME\nexec '%s' \"$@\"\n".formatted(program());
    executable(Files.writeString(homeless, text));
    String path = java("21") + "/bin:" + System.getenv("PATH");
    Map<String, String> variables = Map.of("MILLRACE_JAVA_HOME", "", "JAVA_HOME", "", "PATH", path);
    assertThat(run(homeless, java("21"), List.of("version"), variables).lines())
        .noneMatch(line -> line.contains("HOME: "));
  }

  @ParameterizedTest
  @CsvSource({"25.0.1, -XX:AOTCache=", "21.0.9, -XX:SharedArchiveFile="})
  void usesTheStartCacheOfTheseFilesAndThisJava(String version, String option) throws Exception {
    Path java = java(version);
    assertThat(run(java, "version").lines()).noneMatch(line -> line.startsWith(option));
    Run made = run(java, "prepare");
    assertThat(made.lines()).singleElement().asString().startsWith("Made the start cache ");
    assertThat(made.code()).isZero();
    String cache = made.lines().getFirst().replace("Made the start cache ", "");
    touch(cache, -1);
    assertThat(run(java, "version").lines())
        .contains(option + cache)
        .doesNotContain("-XX:+VerifySharedSpaces");
    touch(cache, 1); // by whatever may have changed it
    assertThat(run(java, "version").lines()).contains(option + cache, "-XX:+VerifySharedSpaces");
    assertThat(run(java, "prepare").lines())
        .containsExactly("There is a start cache already: " + cache);
    Files.writeString(distribution.resolve("lib/new.jar"), "");
    assertThat(run(java, "version").lines()).noneMatch(line -> line.startsWith(option));
    assertThat(run(java, "prepare").code()).isZero();
    assertThat(Path.of(cache)).doesNotExist();
  }

  @Test
  void startsWithoutACacheThatCannotBeMade() throws Exception {
    Path java = java("25");
    Files.writeString(distribution.resolve("cache"), "no folder");
    Run failed = run(java, "prepare");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.lines().getFirst()).startsWith("The start cache was not made in ");
    assertThat(run(java, "run").code()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"25", "21"})
  void takesNoCacheThatItsJavaDoesNotTake(String version) throws Exception {
    Path java = java(version);
    Files.writeString(java.resolve("refuses"), "");
    assertThat(run(java, "prepare").code()).isEqualTo(1);
    assertThat(run(java, "version").lines())
        .noneMatch(line -> line.startsWith("-XX:AOTCache=") || line.contains("SharedArchiveFile"));
  }

  @Test
  void leavesWhatElseLiesInTheFolderOfTheStartCache() throws Exception {
    Path shared = folder.resolve("shared");
    List<Path> others = files(shared, "notes/start-5", "start-page", "start-2026.csv", "start-");
    List<Path> old = files(shared, "start-5", "start-5.whole", "start-6.failed");
    Path othersLock = Files.createDirectories(shared.resolve("build.lock"));
    Path oldLock = Files.createDirectories(shared.resolve("start-5.lock"));
    touch(othersLock.toString(), -1);
    touch(oldLock.toString(), -1);
    Map<String, String> variables = Map.of("MILLRACE_CACHE", shared.toString());
    Run made = run(program(), java("25"), List.of("prepare"), variables);
    assertThat(made.code()).isZero();
    assertThat(others).allMatch(Files::exists);
    assertThat(othersLock).exists();
    assertThat(old).noneMatch(Files::exists);
    assertThat(oldLock).doesNotExist();
  }

  private static List<Path> files(Path folder, String... names) throws IOException {
    List<Path> files = new java.util.ArrayList<>();
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, "text"));
    }
    return files;
  }

  private static void touch(String file, int hoursFromNow) throws IOException {
    Instant time = Instant.now().plus(hoursFromNow, ChronoUnit.HOURS);
    Files.setLastModifiedTime(Path.of(file), FileTime.from(time));
  }

  private record Run(int code, List<String> lines) {}

  private Path program() {
    return distribution.resolve("bin/millrace");
  }

  private Run run(Path java, String... arguments) throws Exception {
    return run(program(), java, List.of(arguments));
  }

  private Run run(Path launcher, Path java, List<String> arguments) throws Exception {
    return run(launcher, java, arguments, Map.of());
  }

  private Run run(Path launcher, Path java, List<String> arguments, Map<String, String> more)
      throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(launcher.toString()));
    command.addAll(arguments);
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile()).directory(distribution.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("MILLRACE_JAVA_HOME", java.toString());
    environment.keySet().removeAll(List.of("MILLRACE_OPTS", "MILLRACE_CACHE"));
    environment.putAll(more);
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    return new Run(process.exitValue(), Files.readAllLines(output));
  }

  private Path java(String version) throws IOException {
    Path home = Files.createDirectories(folder.resolve("jdk " + version));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"%s\"\n".formatted(version));
    Path java = home.resolve("bin/java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        for argument in "$@"; do
          printf '%s\\n' "$argument"
          case $argument in
            -XX:AOTCacheOutput=* | -XX:ArchiveClassesAtExit=*)
              echo cache >"${argument#*=}"
              exit 0
              ;;
            -XX:AOTMode=on | -Xshare:on)
              [ ! -e "${0%/bin/java}/refuses" ]
              exit
              ;;
          esac
        done
        exit 7
        """);
    executable(java);
    return home;
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
