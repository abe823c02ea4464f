package dev.millrace.engine.source;

import dev.millrace.engine.Environment;
import dev.millrace.engine.ErrorHandling;
import dev.millrace.engine.TaskName;
import dev.millrace.engine.TaskPlugin;
import dev.millrace.engine.Upkeep;
import java.util.Objects;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * All a source task needs to run.
 *
 * @param name which task
 * @param plugin its plugin objects
 * @param output where its records and offsets go
 * @param upkeep commits, and the release of what is idle
 * @param overlap whether records are sent beside the next poll
 * @param errors how bad records are handled
 * @param environment what surrounds it
 */
public record SourceSetup(
    TaskName name,
    TaskPlugin<SourceTask, SourceRecord> plugin,
    SourceOutput output,
    Upkeep upkeep,
    Overlap overlap,
    ErrorHandling errors,
    Environment environment) {
  /** Checks that nothing is missing. */
  public SourceSetup {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(plugin, "plugin");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(upkeep, "upkeep");
    Objects.requireNonNull(overlap, "overlap");
    Objects.requireNonNull(errors, "errors");
    Objects.requireNonNull(environment, "environment");
  }
}
