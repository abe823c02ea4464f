package dev.millrace.reference.plugins;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** A transformation without a definition. */
public final class UndefinedTransform implements Transformation<SourceRecord> {

  @Override
  public ConfigDef config() {
    return null;
  }

  @Override
  public void configure(Map<String, ?> config) {
    // nothing to keep
  }

  @Override
  public SourceRecord apply(SourceRecord record) {
    return record;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
