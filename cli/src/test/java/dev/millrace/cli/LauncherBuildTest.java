package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When bin/millrace builds a checkout, with a Maven that only makes the distribution's files. */
final class LauncherBuildTest {
  private static final String HOME = "dist/target/millrace-1";

  @TempDir private Path folder;
  private final Instant longAgo = Instant.now().minusSeconds(3600);
  private Path checkout;
  private Path source;

  @BeforeEach
  void checkOut() throws IOException {
    checkout = folder.resolve("a b");
    source = file("cli/src/main/java/A.java", "");
    file("pom.xml", "<project>\n  <version>1</version>\n</project>\n");
    file("examples/e/topology.yaml", "old");
    program("bin/millrace", Files.readString(repositoryLauncher()));
    program("jdk/bin/javac", "#!/bin/sh\n");
    program("jdk/bin/java", "#!/bin/sh\necho started\n");
    file("jdk/release", "JAVA_VERSION=\"25\"\n");
    program(
        "tools/mvn",
        """
        #!/bin/sh
        home=dist/target/millrace-1
        mkdir -p $home/lib $home/plugins/jdbc $home/plugins/processor $home/config $home/bin
        for jar in lib/millrace-cli plugins/jdbc/millrace-a plugins/processor/millrace-b; do
          echo >$home/$jar-1.jar
        done
        cp -R examples $home/ && echo >$home/config/log4j2.xml && cp bin/millrace $home/bin/
        """);
    for (Path each : List.of(source, checkout.resolve("pom.xml"))) {
      age(each, longAgo);
    }
  }

  @Test
  void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
    assertThat(run("demo")).anyMatch(line -> line.startsWith("Built in")).endsWith("started");
    assertThat(run("demo")).containsExactly("started");
    age(source, Instant.now().plusSeconds(60));
    assertThat(run("query")).containsExactly("started");
    assertThat(run("version")).containsExactly("started");
    assertThat(run("demo")).anyMatch(line -> line.startsWith("Built in"));
    assertThat(checkout.resolve("dist/target/.lock")).doesNotExist();
  }

  @Test
  void saysNothingOfTheBuildInTheResultOfACommand() throws Exception {
    Path output = folder.resolve("output");
    Path said = folder.resolve("said");
    Process process = builder("compile", output).redirectError(said.toFile()).start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(output).hasContent("started");
    assertThat(said).content().contains("Building Millrace", "Built in");
  }

  @Test
  void takesWhatMavenBuiltByHand() throws Exception {
    run("demo");
    Files.delete(checkout.resolve("dist/target/.built"));
    assertThat(run("demo")).containsExactly("started");
    file(HOME + "/lib/other-1.0.jar", "");
    file(HOME + "/lib/other-1.1.jar", "");
    assertThat(run("demo")).anyMatch(line -> line.startsWith("Built in"));
  }

  @Test
  void copiesAnExampleThatIsNewer() throws Exception {
    run("demo");
    age(file("examples/e/topology.yaml", "new"), Instant.now().plusSeconds(1));
    assertThat(run("demo")).containsExactly("started");
    assertThat(checkout.resolve(HOME + "/examples/e/topology.yaml")).hasContent("new");
  }

  @Test
  void takesTheLockOfADeadBuildOver() throws Exception {
    file("dist/target/.lock/pid", "99999999\n");
    assertThat(run("demo")).anyMatch(line -> line.startsWith("Built in"));
    assertThat(checkout.resolve("dist/target/.lock")).doesNotExist();
  }

  @Test
  void takesALockThatIsTooOldOver() throws Exception {
    Path pid = file("dist/target/.lock/pid", ProcessHandle.current().pid() + "\n");
    age(pid, longAgo);
    assertThat(run("demo")).anyMatch(line -> line.startsWith("Built in"));
  }

  @Test
  @Timeout(300)
  void waitsForABuildThatRuns() throws Exception {
    Path pid = file("dist/target/.lock/pid", ProcessHandle.current().pid() + "\n");
    Path output = folder.resolve("output");
    Process process = start(output, "demo");
    while (!Files.readString(output).contains("Another build of Millrace runs here")) {
      assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
    }
    Files.delete(pid);
    Files.delete(pid.getParent());
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readAllLines(output)).endsWith("started");
  }

  private static Path repositoryLauncher() {
    return DocumentationTest.repository().resolve("bin/millrace");
  }

  private List<String> run(String command) throws Exception {
    Path output = folder.resolve("output");
    assertThat(start(output, command).waitFor(3, TimeUnit.MINUTES)).isTrue();
    return Files.readAllLines(output);
  }

  private Process start(Path output, String command) throws IOException {
    Files.writeString(output, "");
    return builder(command, output).redirectErrorStream(true).start();
  }

  private ProcessBuilder builder(String command, Path output) {
    ProcessBuilder builder =
        new ProcessBuilder(checkout.resolve("bin/millrace").toString(), command)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("MILLRACE_JAVA_HOME", checkout.resolve("jdk").toString());
    environment.put("PATH", checkout.resolve("tools") + ":" + environment.get("PATH"));
    environment.keySet().removeAll(List.of("MILLRACE_OPTS", "MILLRACE_SKIP_BUILD"));
    environment.put("MILLRACE_CACHE", "off");
    return builder;
  }

  private static void age(Path file, Instant time) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(time));
  }

  private void program(String name, String text) throws IOException {
    Files.setPosixFilePermissions(file(name, text), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path file(String name, String text) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
