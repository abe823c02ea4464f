package dev.millrace.worker.offsets;

import dev.millrace.worker.offsets.OffsetAdmin.Outcome;
import dev.millrace.worker.offsets.OffsetAdmin.Position;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceConnector;

/** Changes the offsets of one source connector (compat: REST §8, source path). */
final class SourcePositions {

  private final OffsetTarget target;

  SourcePositions(OffsetTarget target) {
    this.target = target;
  }

  Outcome alter(List<Position> positions) {
    var offsets = new LinkedHashMap<Map<String, ?>, Map<String, ?>>();
    positions.forEach(p -> offsets.put(normal(p.partition()), normal(p.offset())));
    try (var store = target.access().store()) {
      return write(store, offsets);
    }
  }

  Outcome reset() {
    try (var store = target.access().store()) {
      var offsets = new LinkedHashMap<Map<String, ?>, Map<String, ?>>();
      KafkaOffsetAdmin.await(store.partitions()).forEach(s -> offsets.put(s.partition(), null));
      return write(store, offsets);
    }
  }

  private Outcome write(SourceOffsetStore store, Map<Map<String, ?>, Map<String, ?>> offsets) {
    boolean taken = tell(offsets);
    target.access().fence();
    KafkaOffsetAdmin.await(store.alter(offsets));
    return taken ? Outcome.COMPLETE : Outcome.KAFKA_ONLY;
  }

  private boolean tell(Map<Map<String, ?>, Map<String, ?>> offsets) {
    var access = target.access();
    return PluginCall.run(
        target.name(),
        access.loader(),
        () ->
            access.plugin() instanceof SourceConnector source
                && source.alterOffsets(new HashMap<>(target.config()), new HashMap<>(offsets)));
  }

  /** As the stored form gives them back: integers are Long, floats Double. */
  private static Map<String, ?> normal(Map<String, ?> given) {
    if (given == null) return null;
    var normal = new LinkedHashMap<String, Object>();
    given.forEach((field, value) -> normal.put(field, primitive(field, value)));
    return normal;
  }

  private static Object primitive(String field, Object value) {
    return switch (value) {
      case null -> null;
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case Map<?, ?> ignored -> throw notPrimitive(field, "MAP");
      case List<?> ignored -> throw notPrimitive(field, "ARRAY");
      default -> value;
    };
  }

  private static OffsetException notPrimitive(String field, String type) {
    return OffsetException.failed(
        "Offsets may only contain primitive types as values, but field %s contains %s"
            .formatted(field, type),
        null);
  }
}
