package dev.millrace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that is measured, its output in a file. It ends with this program, also when that is
 * killed. Owned by the scenario's thread.
 */
final class JvmProcess implements AutoCloseable {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Path JCMD = JAVA.resolveSibling("jcmd");

  private static final Duration CLOSE = Duration.ofSeconds(30);

  private final Process process;
  private final Guard guard;
  private final Path output;

  private JvmProcess(Process process, Path output) throws IOException {
    this.process = process;
    this.guard = Guard.killing(process);
    this.output = output;
  }

  /** Starts the JVM that runs this program once more, with these arguments. */
  static JvmProcess start(List<String> arguments, Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JAVA.toString());
    command.addAll(arguments);
    return start(command, Map.of(), output);
  }

  /** Starts a program that becomes a JVM, with more environment variables. */
  static JvmProcess start(List<String> command, Map<String, String> environment, Path output)
      throws IOException {
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new JvmProcess(builder.start(), output);
  }

  /** The home of the JVM that runs this program. */
  static Path javaHome() {
    return JAVA.getParent().getParent();
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** What it has printed so far. */
  String output() throws IOException {
    return Files.readString(output);
  }

  /** Collects garbage and returns the used heap in bytes. */
  long heapAfterCollection() throws IOException, InterruptedException {
    jcmd("GC.run");
    return HeapInfo.used(jcmd("GC.heap_info"));
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder(JCMD.toString(), Long.toString(pid()), command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!asked.waitFor(1, TimeUnit.MINUTES) || asked.exitValue() != 0) {
      throw new IOException("jcmd " + command + " failed: " + answer);
    }
    return answer;
  }

  /** Asks it to end, and waits until it has; kills it when it has not after the time. */
  boolean end(Duration atMost) throws InterruptedException {
    process.destroy();
    boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    kill();
    return ended;
  }

  /** Ends it without a warning. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    guard.dismiss();
  }

  /** Asks it to end, and kills it when it does not. */
  @Override
  public void close() {
    try {
      end(CLOSE);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
