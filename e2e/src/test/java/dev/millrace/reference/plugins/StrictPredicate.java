package dev.millrace.reference.plugins;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** A predicate with keys of its own. */
public final class StrictPredicate implements Predicate<SourceRecord> {

  @Override
  public ConfigDef config() {
    return Keys.few();
  }

  @Override
  public void configure(Map<String, ?> config) {
    // nothing to keep
  }

  @Override
  public boolean test(SourceRecord record) {
    return true;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
