package dev.millrace.formats.json;

import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;

/** From texts to data. Thread-safe. */
final class JsonReader {

  /** Longer texts may exceed limits of the original. */
  private static final int LONGEST = 10 << 20;

  private static final byte[] SCHEMA = Ascii.of("\"schema\"");
  private static final byte[] PAYLOAD = Ascii.of("\"payload\"");
  private static final byte[] NULL = Ascii.of("null");

  private static final Plan NO_SCHEMA = Plan.of(NULL, null, ValueReaders::any);

  private final Supplier<JsonConverter> original;
  private final Settings settings;
  private final ValueReaders readers;
  private final Remembered<Text, Plan> plans;
  private final Names names = new Names();

  /** The plan used last, and with a configured schema the only one; null before the first. */
  private volatile Plan latest;

  /**
   * How the payload of a schema's text is read.
   *
   * @param text the schema in JSON, complete, so that no other one begins with it
   * @param beginning a text up to the payload, as it is written without blanks
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(byte[] text, byte[] beginning, Schema schema, ValueReader payload) {
    static Plan of(byte[] text, Schema schema, ValueReader payload) {
      var whole = new Output();
      whole.raw(Ascii.of("{\"schema\":"));
      whole.raw(text);
      whole.raw(Ascii.of(",\"payload\":"));
      return new Plan(text, whole.toBytes(), schema, payload);
    }
  }

  /** A part of bytes, as a key. */
  @SuppressWarnings("ArrayRecordComponent") // compared by content
  private record Text(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Text text && Arrays.equals(bytes, text.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  JsonReader(Supplier<JsonConverter> original, Settings settings) {
    this.original = original;
    this.settings = settings;
    this.readers = new ValueReaders(settings);
    this.plans = new Remembered<>(settings.cached());
  }

  SchemaAndValue read(String topic, byte[] text) {
    if (text == null || text.length > LONGEST) return original.get().toConnectData(topic, text);
    try {
      return data(new Input(text, names));
    } catch (UnknownSchema e) {
      return learn(topic, text, e);
    } catch (RuntimeException e) { // unusual or wrong: the original says which
      return original.get().toConnectData(topic, text);
    }
  }

  /** A schema whose text was not seen before; nothing at a place when one is configured. */
  private static final class UnknownSchema extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final int begin;
    private final int end;

    UnknownSchema(int begin, int end) {
      super("a schema that is new", null, false, false);
      this.begin = begin;
      this.end = end;
    }
  }

  /** The original reads the first text with a schema; from then on it is known. */
  private SchemaAndValue learn(String topic, byte[] text, UnknownSchema where) {
    SchemaAndValue result = original.get().toConnectData(topic, text);
    byte[] schema = Arrays.copyOfRange(text, where.begin, where.end);
    Plan plan = Plan.of(schema, result.schema(), payload(result.schema()));
    if (!settings.fixedSchema()) {
      if (!plain(text, plan)) return result;
      plans.put(new Text(schema), plan, schema.length);
    }
    latest = plan;
    return result;
  }

  /** Whether the schema is the text's only one, so that the result's schema is this one's. */
  private static boolean plain(byte[] text, Plan plan) {
    try {
      Input in = new Input(text, new Names());
      beginning(in);
      in.word(plan.text());
      payload(in, plan);
      in.end();
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** Notes also that a schema is the original's business. */
  private ValueReader payload(Schema schema) {
    try {
      return readers.of(schema);
    } catch (Unusual e) {
      return in -> {
        throw new Unusual();
      };
    }
  }

  /**
   * The data of a text.
   *
   * @throws RuntimeException when the original has to read it
   */
  SchemaAndValue data(Input in) {
    SchemaAndValue result;
    if (settings.fixedSchema()) {
      Plan plan = latest;
      if (plan == null) throw new UnknownSchema(0, 0);
      result = new SchemaAndValue(plan.schema(), plan.payload().read(in));
    } else if (settings.schemas()) {
      result = envelope(in);
    } else {
      result = new SchemaAndValue(null, ValueReaders.any(in));
    }
    in.end();
    return result;
  }

  private SchemaAndValue envelope(Input in) {
    Plan last = latest;
    if (last != null && in.passed(last.beginning())) return value(in, last);
    beginning(in);
    Plan plan = in.peek() == 'n' ? none(in) : plan(in);
    return payload(in, plan);
  }

  private static void beginning(Input in) {
    in.pass('{');
    in.peek();
    in.word(SCHEMA);
    in.pass(':');
    in.peek();
  }

  private static SchemaAndValue payload(Input in, Plan plan) {
    in.pass(',');
    in.peek();
    in.word(PAYLOAD);
    in.pass(':');
    return value(in, plan);
  }

  private static SchemaAndValue value(Input in, Plan plan) {
    Object value = plan.payload().read(in);
    in.pass('}');
    return new SchemaAndValue(plan.schema(), value);
  }

  private static Plan none(Input in) {
    in.word(NULL);
    return NO_SCHEMA;
  }

  private Plan plan(Input in) {
    Plan last = latest;
    if (last != null && in.passed(last.text())) return last;
    int begin = in.position();
    in.skipObject();
    Plan known = plans.get(new Text(Arrays.copyOfRange(in.text(), begin, in.position())));
    if (known == null) throw new UnknownSchema(begin, in.position());
    latest = known;
    return known;
  }
}
