package dev.millrace.worker.validation;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/** The keys of how a connector's records are taken through its pipeline. Stateless. */
public final class PipelineKeys {
  /** Of source connectors. */
  public static final String OVERLAP = "pipeline.overlap";

  private PipelineKeys() {}

  /** Adds those of source connectors. */
  static ConfigDef defineSource(ConfigDef keys) {
    return keys.define(
        OVERLAP,
        ConfigDef.Type.BOOLEAN,
        true,
        Importance.LOW,
        "Whether records may be converted and sent while the task polls for the next ones. Without"
            + " exactly-once only.");
  }
}
