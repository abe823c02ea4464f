package dev.millrace.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.kafka.config.FactRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Records of the internal topics as Apache Kafka Connect 4.3.1 has written them; {@code
 * GoldenRecordsIT} in e2e records them.
 */
public final class GoldenRecords {
  private static final ObjectMapper JSON = new ObjectMapper();

  private GoldenRecords() {}

  /**
   * All recorded ones of a topic, each once, as text.
   *
   * @param topic {@code configs}, {@code status} or {@code offsets}
   */
  public static List<FactRecord> of(String topic) {
    String file = "/golden/internal-topics/" + topic + ".jsonl";
    try (var in = GoldenRecords.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(GoldenRecords::record)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FactRecord record(String line) {
    try {
      var pair = JSON.readTree(line);
      return new FactRecord(
          pair.get(0).asText(), pair.get(1).isNull() ? null : pair.get(1).asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
