package dev.millrace.connectors.processor.flow;

import dev.millrace.connectors.processor.row.Value;
import dev.millrace.connectors.processor.row.ValueCodec;
import dev.millrace.connectors.processor.sql.Aggregate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes inside a processor: a row's group (key of the repartition topic and of the store), the
 * row's values on the way to its group, and a group's state. The first byte of the latter two is
 * the version of the form. Stateless.
 */
final class Tuples {
  private static final int VERSION = 1;

  private Tuples() {}

  /** The same bytes for the same group: each value's canonical text with its length before it. */
  static byte[] key(List<Value> group) {
    StringBuilder text = new StringBuilder();
    for (Value value : group) {
      String canonical = value.canonical();
      text.append(canonical.length()).append(':').append(canonical);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static byte[] write(List<Value> values) {
    return bytes(out -> writeValues(out, values));
  }

  static List<Value> read(byte[] bytes) {
    try (DataInputStream in = open(bytes)) {
      return readValues(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A group's state.
   *
   * @param keys the group's columns as the first row had them
   * @param calls one state for each aggregate
   * @param shown whether the group has ever been in the result
   */
  record Group(List<Value> keys, List<Aggregate.State> calls, boolean shown) {}

  static byte[] write(Group group) {
    return bytes(
        out -> {
          writeValues(out, group.keys());
          out.writeInt(group.calls().size());
          for (Aggregate.State call : group.calls()) {
            out.writeLong(call.count());
            ValueCodec.write(out, call.value());
          }
          out.writeBoolean(group.shown());
        });
  }

  static Group readGroup(byte[] bytes) {
    try (DataInputStream in = open(bytes)) {
      List<Value> keys = readValues(in);
      List<Aggregate.State> calls = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        calls.add(new Aggregate.State(in.readLong(), ValueCodec.read(in)));
      }
      return new Group(keys, calls, in.readBoolean());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeValues(DataOutputStream out, List<Value> values) throws IOException {
    out.writeInt(values.size());
    for (Value value : values) {
      ValueCodec.write(out, value);
    }
  }

  private static List<Value> readValues(DataInputStream in) throws IOException {
    List<Value> values = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      values.add(ValueCodec.read(in));
    }
    return values;
  }

  private static DataInputStream open(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException(
          "the state has form "
              + version
              + ", this version reads form "
              + VERSION
              + ": use a new application.id");
    }
    return in;
  }

  @FunctionalInterface
  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
