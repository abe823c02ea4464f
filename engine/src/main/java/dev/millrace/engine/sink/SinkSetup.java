package dev.millrace.engine.sink;

import dev.millrace.engine.CommitSettings;
import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import java.util.Objects;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * All a sink task needs to run.
 *
 * @param name which task
 * @param plugin its plugin objects
 * @param input what it consumes
 * @param commits when offsets are committed
 * @param errors how bad records are handled
 * @param environment what surrounds it
 */
public record SinkSetup(
    TaskName name,
    TaskPlugin<SinkTask, SinkRecord> plugin,
    SinkInput input,
    CommitSettings commits,
    ErrorHandling errors,
    Environment environment) {
  /** Checks that nothing is missing. */
  public SinkSetup {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(plugin, "plugin");
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(commits, "commits");
    Objects.requireNonNull(errors, "errors");
    Objects.requireNonNull(environment, "environment");
  }
}
