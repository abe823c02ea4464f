package dev.millrace.formats.json;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Reads structs; fields in the schema's order are found without looking for them. Immutable. */
final class StructReader {

  private final Schema schema;
  private final Field[] fields;

  /** The names, quoted and with their colons; the second time with what is before them too. */
  private final Expected[] names;

  private final Expected[] beginnings;
  private final ValueReaders.Typed[] readers;
  private final Map<String, Integer> places = new HashMap<>();

  /**
   * A reader of this schema.
   *
   * @throws Unusual when the schema can change
   */
  StructReader(Schema schema, ValueReaders all) {
    this.schema = schema;
    this.fields = schema.fields().toArray(new Field[0]);
    this.names = new Expected[fields.length];
    this.beginnings = new Expected[fields.length];
    this.readers = new ValueReaders.Typed[fields.length];
    for (int i = 0; i < fields.length; i++) {
      if (fields[i].index() != i) throw new Unusual();
      names[i] = text("", fields[i].name());
      beginnings[i] = text(i == 0 ? "{" : ",", fields[i].name());
      readers[i] = all.of(fields[i].schema());
      places.put(fields[i].name(), i);
    }
  }

  private static Expected text(String before, String name) {
    if (Input.surrogates(name)) throw new Unusual();
    var out = new Output();
    out.raw(Ascii.of(before));
    out.string(name);
    out.raw(':');
    return new Expected(out.toBytes());
  }

  Struct read(Input in) {
    Struct result = new Struct(schema);
    Object[] values = Structs.values(result);
    if (values != null) {
      read(in, values);
    } else {
      put(in, result);
    }
    return result;
  }

  private void put(Input in, Struct result) {
    Object[] values = new Object[fields.length];
    read(in, values);
    for (int i = 0; i < fields.length; i++) result.put(fields[i], values[i]);
  }

  private void read(Input in, Object[] values) {
    int next = 0;
    while (next < values.length && in.passed(beginnings[next])) {
      values[next] = readers[next].read(in);
      next++;
    }
    if (next == 0) in.pass('{');
    if (next < values.length || !in.passed('}')) rest(in, next, values);
  }

  /** Reads what is in another order or with blanks. */
  private void rest(Input in, int first, Object[] values) {
    var seen = new boolean[fields.length];
    Arrays.fill(seen, 0, first, true);
    int next = first;
    boolean more = first == 0 ? !in.passed('}') : in.more('}');
    while (more) {
      next = member(in, next, values, seen) + 1;
      more = in.more('}');
    }
    for (int i = 0; i < fields.length; i++) {
      if (!seen[i]) values[i] = readers[i].absent();
    }
  }

  /** Reads a member and returns its place. */
  private int member(Input in, int expected, Object[] values, boolean[] seen) {
    int place = place(in, expected);
    if (place < 0) {
      Object unused = ValueReaders.any(in); // not of the schema: passed over
      return expected - 1;
    }
    values[place] = readers[place].read(in);
    seen[place] = true;
    return place;
  }

  private int place(Input in, int expected) {
    in.peek();
    if (expected < fields.length && in.passed(names[expected])) return expected;
    return places.getOrDefault(in.name(), -1);
  }
}
