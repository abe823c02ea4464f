package dev.millrace.worker.keys;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** Settings of a worker are missing or wrong: all that is, at once. */
public final class SettingsException extends ConfigException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * One of them.
   *
   * @param key the setting
   * @param message what is wrong with it and how to mend it; holds no secret
   */
  public record Problem(String key, String message) {}

  /** With at least one. */
  public SettingsException(List<Problem> problems) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order of the keys. */
  public List<Problem> problems() {
    return problems;
  }
}
