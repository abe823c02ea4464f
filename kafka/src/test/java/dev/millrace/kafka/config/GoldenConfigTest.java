package dev.millrace.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.kafka.GoldenRecords;
import dev.millrace.model.Fact;
import dev.millrace.model.Restart;
import dev.millrace.model.TargetState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Our codec against records of the config topic that Kafka Connect has written. */
class GoldenConfigTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theRecordsTellTheFacts() {
    var decoder = new FactDecoder();
    var facts = new ArrayList<Fact>();
    GoldenRecords.of("configs").forEach(r -> decoder.decode(r).ifPresent(facts::add));
    var source =
        Map.of(
            "name", "golden",
            "connector.class", "FileStreamSource",
            "tasks.max", "1",
            "topic", "golden",
            "file", "target/golden-input.txt");
    assertThat(facts)
        .contains(
            new Fact.Configured("golden", source),
            new Fact.Retargeted("golden-new", TargetState.STOPPED),
            new Fact.Retargeted("golden", TargetState.PAUSED),
            new Fact.Retargeted("golden", TargetState.STARTED),
            new Fact.Retargeted("golden", TargetState.STOPPED),
            new Fact.RestartAsked("golden", Restart.INSTANCE_AND_TASKS),
            new Fact.TasksComputed("golden", List.of()),
            new Fact.Fenced("golden", 1),
            new Fact.LevelSet("org.apache.kafka.golden", "WARN"),
            new Fact.Deleted("golden-new"));
    assertThat(facts)
        .filteredOn(
            fact ->
                fact instanceof Fact.TasksComputed(var name, var tasks)
                    && name.equals("golden")
                    && tasks.size() == 1)
        .allSatisfy(
            fact ->
                assertThat(((Fact.TasksComputed) fact).tasks().getFirst())
                    .containsEntry("topic", "golden")
                    .containsEntry("file", "target/golden-input.txt")
                    .containsKey("task.class"))
        .isNotEmpty();
    assertThat(facts)
        .filteredOn(fact -> fact instanceof Fact.KeyRotated)
        .singleElement()
        .satisfies(
            fact -> assertThat(((Fact.KeyRotated) fact).key().algorithm()).isEqualTo("HmacSHA256"));
  }

  /** The order of properties is that of a map; all else is the same to the byte. */
  @Test
  void weWriteTheSameRecords() {
    var decoder = new FactDecoder();
    for (var record : GoldenRecords.of("configs")) {
      var fact = decoder.decode(record);
      if (fact.isEmpty() || takenBackWithItsConnector(record)) continue;
      assertThat(FactEncoder.encode(fact.get()))
          .as(record.key())
          .anySatisfy(
              ours -> {
                assertThat(ours.key()).isEqualTo(record.key());
                if (record.key().startsWith("connector-") && record.value() != null) {
                  assertThat(tree(ours.value())).isEqualTo(tree(record.value()));
                } else {
                  assertThat(ours.value()).isEqualTo(record.value());
                }
              });
    }
  }

  private static boolean takenBackWithItsConnector(FactRecord record) {
    return record.key().startsWith("target-state-") && record.value() == null;
  }

  @Test
  void ourTasksAreLikeTheirs() {
    var recorded =
        GoldenRecords.of("configs").stream()
            .filter(r -> r.key().equals("task-golden-0"))
            .findFirst()
            .orElseThrow();
    var decoder = new FactDecoder();
    decoder.decode(recorded);
    var fact = decoder.decode(new FactRecord("commit-golden", "{\"tasks\":1}")).orElseThrow();
    var ours = FactEncoder.encode(fact).getFirst();
    assertThat(ours.key()).isEqualTo(recorded.key());
    assertThat(tree(ours.value())).isEqualTo(tree(recorded.value()));
  }

  private static Object tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(json, e);
    }
  }
}
