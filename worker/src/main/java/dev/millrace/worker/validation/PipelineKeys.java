package dev.millrace.worker.validation;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;

/** The keys of how a connector's records are taken through its pipeline. Stateless. */
public final class PipelineKeys {
  /** Of every connector. */
  public static final String OVERLAP = "pipeline.overlap";

  /** Of every connector. */
  public static final String LANES = "pipeline.lanes";

  private static final int MOST_LANES = 64;

  private PipelineKeys() {}

  /** Adds them. */
  public static ConfigDef define(ConfigDef keys) {
    return keys.define(
            OVERLAP,
            ConfigDef.Type.BOOLEAN,
            true,
            Importance.LOW,
            "Whether records may be converted while the task is busy with others: a source's,"
                + " without exactly-once, while it polls for the next ones; a sink's while it puts"
                + " those before.")
        .define(
            LANES,
            ConfigDef.Type.INT,
            1,
            Range.between(1, MOST_LANES),
            Importance.LOW,
            "How many instances of transformations and converters a task has, at work at the same"
                + " time. More than 1 only for plugins that do not need to see all records.");
  }
}
