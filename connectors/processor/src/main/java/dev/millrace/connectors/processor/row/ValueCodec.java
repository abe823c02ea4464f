package dev.millrace.connectors.processor.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The compact form of values inside a processor (repartition topic and state store): a tag for the
 * type, a presence byte, the value. The tags are part of the stored format: never renumber them.
 * Stateless.
 */
public final class ValueCodec {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Position in this list is the tag on disk. */
  private static final List<Type> FIXED =
      List.of(
          Type.UNKNOWN,
          Type.BOOLEAN,
          Type.INT8,
          Type.INT16,
          Type.INT32,
          Type.INT64,
          Type.FLOAT32,
          Type.FLOAT64,
          Type.STRING,
          Type.BYTES,
          Type.DATE,
          Type.TIME,
          Type.TIMESTAMP,
          Type.JSON);

  private static final int DECIMAL = 100;
  private static final int OTHER = 101;

  private ValueCodec() {}

  /** Writes one value. */
  public static void write(DataOutput out, Value value) throws IOException {
    writeType(out, value.type());
    out.writeBoolean(!value.isNull());
    if (!value.isNull()) {
      writeObject(out, value);
    }
  }

  /** Reads one value. */
  public static Value read(DataInput in) throws IOException {
    Type type = readType(in);
    return in.readBoolean() ? new Value(type, readObject(in, type)) : Value.nullOf(type);
  }

  private static void writeType(DataOutput out, Type type) throws IOException {
    int tag = FIXED.indexOf(type);
    if (tag >= 0) {
      out.writeByte(tag);
    } else if (type.kind() == Kind.DECIMAL) {
      out.writeByte(DECIMAL);
      out.writeInt(type.scale());
    } else {
      out.writeByte(OTHER);
      writeBytes(out, JSON.writeValueAsBytes(type.schema()));
    }
  }

  private static Type readType(DataInput in) throws IOException {
    int tag = in.readUnsignedByte();
    return switch (tag) {
      case DECIMAL -> Type.decimal(in.readInt());
      case OTHER -> Type.of(JSON.readTree(readBytes(in)));
      default -> FIXED.get(tag);
    };
  }

  private static void writeObject(DataOutput out, Value value) throws IOException {
    switch (value.object()) {
      case Boolean truth -> out.writeBoolean(truth);
      case Long number -> out.writeLong(number);
      case Double number -> out.writeDouble(number);
      case BigDecimal number -> writeBytes(out, number.unscaledValue().toByteArray());
      case String text -> writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
      case byte[] bytes -> writeBytes(out, bytes);
      case JsonNode node -> writeBytes(out, JSON.writeValueAsBytes(node));
      default -> throw new IOException("no form for " + value.object().getClass());
    }
  }

  private static Object readObject(DataInput in, Type type) throws IOException {
    return switch (type.kind()) {
      case BOOLEAN -> in.readBoolean();
      case INTEGER, DATE, TIME, TIMESTAMP -> in.readLong();
      case FLOAT -> in.readDouble();
      case DECIMAL -> new BigDecimal(new BigInteger(readBytes(in)), type.scale());
      case STRING -> new String(readBytes(in), StandardCharsets.UTF_8);
      case BYTES -> readBytes(in);
      case COMPLEX, UNKNOWN -> JSON.readTree(readBytes(in));
    };
  }

  private static void writeBytes(DataOutput out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
