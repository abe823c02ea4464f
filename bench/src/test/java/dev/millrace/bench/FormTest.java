package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.plugin.Form;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

/** The record of the measurements has the size that the tables say. */
class FormTest {

  @Test
  void everyRecordHasTheSizeThatIsSaid() {
    for (int number = 0; number < 1000; number++) {
      assertThat(json(Form.STRUCT.value(number), true)).hasSize(Form.SCHEMA_LENGTH);
      assertThat(json(Form.STRUCT.value(number), false)).hasSize(Form.PLAIN_LENGTH);
      assertThat(json(Form.MAP.value(number), false)).hasSize(Form.PLAIN_LENGTH);
      assertThat((byte[]) Form.BYTES.value(number).value()).hasSize(Form.PLAIN_LENGTH);
      assertThat((String) Form.STRING.value(number).value()).hasSize(Form.PLAIN_LENGTH);
    }
  }

  private static byte[] json(SchemaAndValue value, boolean schemas) {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", schemas), false);
      return converter.fromConnectData("t", value.schema(), value.value());
    }
  }
}
