package dev.millrace.worker.validation;

import java.util.Map;

/**
 * What a worker's own settings mean to its connectors' configurations.
 *
 * @param groupId name of the worker cluster; no sink may use it as its consumer group
 * @param exactlyOnceSources whether sources write records and offsets in one transaction
 * @param converters the worker's {@code key.converter}, {@code value.converter} and {@code
 *     header.converter}
 */
public record WorkerView(
    String groupId, boolean exactlyOnceSources, Map<String, String> converters) {
  /** Copies the map. */
  public WorkerView {
    converters = Map.copyOf(converters);
  }
}
