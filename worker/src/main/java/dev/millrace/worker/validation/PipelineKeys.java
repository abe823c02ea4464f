package dev.millrace.worker.validation;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/** The keys of how a connector's records are taken through its pipeline. Stateless. */
public final class PipelineKeys {
  private static final int MOST_LANES = 64;

  /** Of source connectors. */
  public static final String OVERLAP = "pipeline.overlap";

  /** Of all connectors. */
  public static final String LANES = "pipeline.lanes";

  private PipelineKeys() {}

  /** Adds those of all connectors. */
  static ConfigDef define(ConfigDef keys) {
    return keys.define(
        LANES,
        ConfigDef.Type.INT,
        1,
        ConfigDef.Range.between(1, MOST_LANES),
        Importance.LOW,
        "How many instances of transformations and converters a task has, to work at the same time."
            + " More than 1 only for plugins that do not need to see all records.");
  }

  /** Adds those of source connectors. */
  static ConfigDef defineSource(ConfigDef keys) {
    return define(keys)
        .define(
            OVERLAP,
            ConfigDef.Type.BOOLEAN,
            true,
            Importance.LOW,
            "Whether records may be converted and sent while the task polls for the next ones. Without"
                + " exactly-once only.");
  }
}
