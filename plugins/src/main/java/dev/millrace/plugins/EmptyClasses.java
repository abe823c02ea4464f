package dev.millrace.plugins;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Classes of Kafka Connect's runtime that plugins ask about though nothing here is one of them:
 * Debezium's JDBC sink looks whether its records are {@code InternalSinkRecord}s. A plugin whose
 * own archives and worker lack such a class gets an empty one of that name. Pure.
 */
final class EmptyClasses {

  private static final Set<String> NAMES =
      Set.of("org.apache.kafka.connect.runtime.InternalSinkRecord");

  private static final int JAVA_8 = 52;
  private static final int PUBLIC_SUPER = 0x0021;

  private EmptyClasses() {}

  static boolean has(String className) {
    return NAMES.contains(className);
  }

  /** A class file without members (JVM specification §4.1). */
  static byte[] bytes(String className) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0xCAFEBABE);
      out.writeInt(JAVA_8);
      out.writeShort(5); // the constants 1 to 4
      constant(out, className.replace('.', '/'), 1);
      constant(out, "java/lang/Object", 3);
      out.writeShort(PUBLIC_SUPER);
      out.writeShort(2);
      out.writeShort(4);
      for (int none = 0; none < 4; none++) {
        out.writeShort(0); // interfaces, fields, methods, attributes
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /** A text, and the class of that name. */
  private static void constant(DataOutputStream out, String text, int number) throws IOException {
    out.writeByte(1);
    out.writeUTF(text);
    out.writeByte(7);
    out.writeShort(number);
  }
}
