package dev.millrace.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;

/** Sends the log to a file. Called once, by {@code run} and {@code demo}, before they begin. */
final class Logging {
  private Logging() {}

  /** The configuration of the log that the JVM was given, which a worker leaves as it is. */
  static Optional<String> given() {
    return Stream.of("log4j2.configurationFile", "log4j.configurationFile")
        .map(System::getProperty)
        .filter(Objects::nonNull)
        .findFirst();
  }

  /**
   * Log to {@code <data dir>/logs/millrace.log} from now on, as the distribution's {@code
   * config/log4j2.xml} says, else as the one inside the program does.
   *
   * @param terminalLevel the lowest level of Millrace's own messages that the terminal shows
   * @return the file
   * @throws CommandFailure when the data directory cannot be written
   */
  static Path toFile(Outside outside, Path dataDir, String terminalLevel) {
    Path file = dataDir.toAbsolutePath().resolve("logs").resolve("millrace.log");
    try {
      Files.createDirectories(file.getParent());
      System.setProperty("millrace.log.file", file.toString());
      System.setProperty("millrace.log.terminal", terminalLevel);
      Optional<Path> own =
          outside.home().map(home -> home.resolve("config/log4j2.xml")).filter(Files::isReadable);
      URI config =
          own.isPresent() ? own.get().toUri() : Logging.class.getResource("log4j2.xml").toURI();
      ((LoggerContext) LogManager.getContext(false)).setConfigLocation(config);
    } catch (IOException e) {
      throw Addresses.unwritable(dataDir, e);
    } catch (URISyntaxException e) {
      throw new AssertionError("a resource has an address", e);
    }
    return file;
  }
}
