package dev.millrace.formats.json;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.json.JsonSerializer;

/** From data to texts. Thread-safe. */
final class JsonWriter {

  private static final byte[] NO_SCHEMA = Ascii.of("{\"schema\":null,\"payload\":");

  private final Supplier<JsonConverter> original;
  private final Settings settings;
  private final ValueWriters writers;
  private final Remembered<Schema, Plan> plans;
  private final AtomicReference<Output> spare = new AtomicReference<>();
  private volatile Plan latest;

  /**
   * How values of a schema are written.
   *
   * @param beginning the text before the payload; empty without schemas
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(Schema schema, byte[] beginning, ValueWriter payload) {}

  JsonWriter(Supplier<JsonConverter> original, Settings settings) {
    this.original = original;
    this.settings = settings;
    this.writers = new ValueWriters(settings);
    this.plans = new Remembered<>(settings.cached());
    this.latest = none();
  }

  byte[] write(String topic, Schema schema, Object value) {
    if (schema == null && value == null) return null;
    try {
      return text(schema, value);
    } catch (RuntimeException e) { // unusual or wrong: the original says which
      return original.get().fromConnectData(topic, schema, value);
    }
  }

  /**
   * The text.
   *
   * @throws RuntimeException when the original has to write it
   */
  byte[] text(Schema schema, Object value) {
    Plan plan = plan(schema);
    Output kept = spare.getAndSet(null);
    Output out = kept == null ? new Output() : kept;
    try {
      out.clear();
      plan.payload().write(out, value);
      if (settings.schemas()) out.raw('}');
      return out.toBytes(plan.beginning());
    } finally {
      spare.set(out);
    }
  }

  private Plan plan(Schema schema) {
    Plan last = latest;
    if (last.schema() == schema) return last;
    Plan found = schema == null ? none() : plans.get(schema);
    if (found == null) {
      found = make(schema);
      plans.put(schema, found, found.beginning().length);
    }
    latest = found;
    return found;
  }

  private Plan none() {
    return new Plan(null, settings.schemas() ? NO_SCHEMA : new byte[0], ValueWriters::any);
  }

  private Plan make(Schema schema) {
    if (!(schema instanceof ConnectSchema)) throw new Unusual(); // a builder may change
    byte[] beginning = settings.schemas() ? beginning(schema) : new byte[0];
    return new Plan(schema, beginning, payload(schema));
  }

  /** Notes also that a schema is the original's business. */
  private ValueWriter payload(Schema schema) {
    try {
      return writers.of(schema);
    } catch (Unusual e) {
      return (out, value) -> {
        throw new Unusual();
      };
    }
  }

  private byte[] beginning(Schema schema) {
    try (var json = new JsonSerializer()) {
      var out = new Output();
      out.raw(Ascii.of("{\"schema\":"));
      out.raw(json.serialize("", original.get().asJsonSchema(schema)));
      out.raw(Ascii.of(",\"payload\":"));
      return out.toBytes();
    }
  }
}
