package dev.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Our codec against records of the offset topic that Kafka Connect has written. */
class GoldenOffsetsTest {

  @Test
  void theRecordsAreReadAndWrittenByteForByte() {
    var offsets = new ArrayList<Map<String, Object>>();
    for (var record : GoldenRecords.of("offsets")) {
      byte[] key = record.key().getBytes(UTF_8);
      var read = ConnectJson.decodeKey(key).orElseThrow();
      assertThat(read.connector()).isEqualTo("golden");
      assertThat(read.partition()).contains(Map.of("filename", "target/golden-input.txt"));
      assertThat(ConnectJson.encodeKey(read.connector(), read.partition().orElseThrow()))
          .isEqualTo(key);
      if (record.value() == null) continue; // they were reset
      byte[] value = record.value().getBytes(UTF_8);
      var offset = ConnectJson.decodeValue(value);
      assertThat(ConnectJson.encodeValue(offset)).isEqualTo(value);
      offsets.add(offset);
    }
    assertThat(offsets).contains(Map.of("position", 8L));
  }
}
