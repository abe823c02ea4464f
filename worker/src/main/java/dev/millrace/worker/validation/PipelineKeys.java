package dev.millrace.worker.validation;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/** The keys of how a connector's records are taken through its pipeline. Stateless. */
public final class PipelineKeys {
  /** Of every connector. */
  public static final String OVERLAP = "pipeline.overlap";

  private PipelineKeys() {}

  /** Adds them. */
  static ConfigDef define(ConfigDef keys) {
    return keys.define(
        OVERLAP,
        ConfigDef.Type.BOOLEAN,
        true,
        Importance.LOW,
        "Whether records may be converted while the task is busy with others: a source's, without"
            + " exactly-once, while it polls for the next ones; a sink's while it puts those"
            + " before.");
  }
}
