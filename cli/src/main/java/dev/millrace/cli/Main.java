package dev.millrace.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The process: arguments in, exit code out. */
public final class Main {
  /** Of the program. */
  static final String NAME = "millrace";

  private static final Duration STOP_DEADLINE = Duration.ofSeconds(60);

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Stop stop = new Stop();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(stop), "shutdown"));
    Outside outside = outside(stop);
    int code;
    try {
      code = execute(outside, arguments);
    } catch (RuntimeException | Error e) { // of plugins and libraries, too
      code = failed(outside, e);
    } finally {
      System.out.flush();
      System.err.flush();
      stop.done();
    }
    System.exit(code);
  }

  private static void shutDown(Stop stop) {
    stop.ask();
    try {
      if (!stop.awaitDone(STOP_DEADLINE)) {
        System.err.println("Not everything stopped within " + STOP_DEADLINE.toSeconds() + " s.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Outside outside(Stop stop) {
    return new Outside(
        System.out,
        System.err,
        Boolean.getBoolean("millrace.terminal"),
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        System.getProperty("millrace.home", ""),
        stop);
  }

  /** Runs one command in the given surroundings and returns its exit code. */
  static int execute(Outside outside, String... arguments) {
    if (isPlainWorker(arguments)) return worker(outside, arguments[1]);
    Optional<Class<?>> command = named(arguments);
    if (command.isEmpty()) return commandLine(outside).execute(arguments);
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    var line = new CommandLine(command.get(), new CommandFactory(outside));
    line.setCommandName(NAME + " " + arguments[0]);
    return configured(line, outside).execute(rest);
  }

  /**
   * Whether it is a worker's file and nothing else, as a service is started. Then there is nothing
   * to parse; the parser's classes, which no start cache can hold, take a fifth of a start.
   */
  private static boolean isPlainWorker(String... arguments) {
    return arguments.length == 2
        && arguments[0].equals(WorkerCommand.NAME)
        && !arguments[1].isEmpty()
        && "-@".indexOf(arguments[1].charAt(0)) < 0; // an option, or a file of arguments
  }

  private static int worker(Outside outside, String file) {
    try {
      return WorkerCommand.run(outside, Path.of(file));
    } catch (InvalidPathException e) {
      return failed(outside, new CommandFailure("No file can be called so: " + e.getMessage(), e));
    } catch (RuntimeException e) {
      return failed(outside, e);
    }
  }

  /** Making all commands takes longer than most of them take. */
  private static Optional<Class<?>> named(String... arguments) {
    if (arguments.length == 0) return Optional.empty();
    return Arrays.<Class<?>>stream(MillraceCommand.class.getAnnotation(Command.class).subcommands())
        .filter(type -> type.getAnnotation(Command.class).name().equals(arguments[0]))
        .findFirst();
  }

  /** All commands, in the given surroundings. */
  static CommandLine commandLine(Outside outside) {
    return configured(
        new CommandLine(new MillraceCommand(outside), new CommandFactory(outside)), outside);
  }

  private static CommandLine configured(CommandLine line, Outside outside) {
    line.setOut(
        new java.io.PrintWriter(outside.out(), true, java.nio.charset.StandardCharsets.UTF_8));
    line.setErr(
        new java.io.PrintWriter(outside.err(), true, java.nio.charset.StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((error, command, parsed) -> failed(outside, error));
    return line;
  }

  private static int failed(Outside outside, Throwable error) {
    if (error instanceof CommandFailure || error.getClass().getName().startsWith("dev.millrace.")) {
      outside.err().println("error: " + error.getMessage());
    } else {
      outside.err().println("error: " + error);
      error.printStackTrace(outside.err());
    }
    return 1;
  }
}
