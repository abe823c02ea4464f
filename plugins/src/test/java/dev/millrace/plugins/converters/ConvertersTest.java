package dev.millrace.plugins.converters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConvertersTest {

  static Stream<Arguments> primitives() {
    return Stream.of(
        Arguments.of(new BooleanConverter(), Schema.OPTIONAL_BOOLEAN_SCHEMA, true, new byte[] {1}),
        Arguments.of(
            new ShortConverter(), Schema.OPTIONAL_INT16_SCHEMA, (short) 258, new byte[] {1, 2}),
        Arguments.of(
            new IntegerConverter(), Schema.OPTIONAL_INT32_SCHEMA, -2, new byte[] {-1, -1, -1, -2}),
        Arguments.of(
            new LongConverter(),
            Schema.OPTIONAL_INT64_SCHEMA,
            1L,
            new byte[] {0, 0, 0, 0, 0, 0, 0, 1}),
        Arguments.of(
            new FloatConverter(),
            Schema.OPTIONAL_FLOAT32_SCHEMA,
            1.0f,
            new byte[] {0x3f, (byte) 0x80, 0, 0}),
        Arguments.of(
            new DoubleConverter(),
            Schema.OPTIONAL_FLOAT64_SCHEMA,
            1.0,
            new byte[] {0x3f, (byte) 0xf0, 0, 0, 0, 0, 0, 0}));
  }

  @ParameterizedTest
  @MethodSource("primitives")
  @DisplayName("§12.1 numbers are written as Kafka's serializers do")
  void bytesAreThoseOfKafkasSerializers(
      Converter converter, Schema schema, Object value, byte[] bytes) {
    assertThat(converter.fromConnectData("t", schema, value)).isEqualTo(bytes);
    assertThat(converter.fromConnectData("t", null, value)).isEqualTo(bytes);
    assertThat(converter.toConnectData("t", bytes).value()).isEqualTo(value);
    assertThat(converter.toConnectData("t", bytes).schema()).isEqualTo(schema);
    assertThat(converter.fromConnectData("t", schema, null)).isNull();
    assertThat(converter.toConnectData("t", null).value()).isNull();
    assertThatThrownBy(() -> converter.fromConnectData("t", Schema.STRING_SCHEMA, "x"))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> converter.fromConnectData("t", null, "x"))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> converter.toConnectData("t", new byte[3]))
        .isInstanceOf(DataException.class);
  }

  @Test
  void byteArraysPassThrough() {
    ByteArrayConverter converter = new ByteArrayConverter();
    byte[] bytes = {1, 2};
    assertThat(converter.fromConnectData("t", Schema.BYTES_SCHEMA, bytes)).isEqualTo(bytes);
    assertThat(converter.fromConnectData("t", null, ByteBuffer.wrap(bytes))).isEqualTo(bytes);
    assertThat(converter.toConnectData("t", bytes).schema())
        .isEqualTo(Schema.OPTIONAL_BYTES_SCHEMA);
    assertThat(converter.toConnectHeader("t", "h", null).value()).isNull();
    assertThatThrownBy(() -> converter.fromConnectData("t", Schema.STRING_SCHEMA, "x"))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> converter.fromConnectHeader("t", "h", null, "x"))
        .isInstanceOf(DataException.class);
  }
}
