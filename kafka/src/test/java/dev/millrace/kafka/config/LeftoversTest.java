package dev.millrace.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Fact;
import dev.millrace.model.Restart;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeftoversTest {

  private static final Map<String, String> TASK = Map.of("n", "0");
  private final Leftovers leftovers = new Leftovers();

  @Test
  void aDeletionTakesAwayWhateverThereIsOfTheConnector() {
    write(new Fact.Configured("a-1", Map.of()), new Fact.Configured("a", Map.of()));
    write(new Fact.TasksComputed("a", List.of(TASK, TASK, TASK)));
    write(new Fact.TasksComputed("a-1", List.of(TASK)));
    write(new Fact.TasksComputed("a", List.of(TASK)), new Fact.TaskRestartAsked("a", 0));
    var last = write(new Fact.RestartAsked("a", Restart.INSTANCE), new Fact.Deleted("a"));
    assertThat(last)
        .contains(
            new FactRecord("connector-a", null),
            new FactRecord("task-a-0", null),
            new FactRecord("task-a-1", null),
            new FactRecord("task-a-2", null),
            new FactRecord("restart-connector-a", null),
            new FactRecord("restart-task-a-0", null))
        .noneMatch(record -> record.key().contains("a-1-"));
    assertThat(leftovers.of("a")).isEmpty();
    assertThat(leftovers.of("a-1")).containsExactly("task-a-1-0");
  }

  /** As Kafka Connect deletes connectors; compaction may have left their tasks only. */
  @Test
  void whatOthersHaveLeftIsTakenAwayWithTheNextBatch() {
    for (var record :
        List.of(
            new FactRecord("connector-gone", "{\"properties\":{}}"),
            new FactRecord("task-gone-0", "{\"properties\":{}}"),
            new FactRecord("commit-gone", "{\"tasks\":1}"),
            new FactRecord("connector-gone", null),
            new FactRecord("restart-connector-lost", "{}"),
            new FactRecord("task-5", "{}"))) {
      leftovers.note(record);
    }
    var batch = write(new Fact.Configured("gone", Map.of("k", "v")));
    assertThat(batch)
        .startsWith(FactEncoder.encode(new Fact.Deleted("gone")).toArray(FactRecord[]::new))
        .contains(new FactRecord("task-gone-0", null))
        .contains(new FactRecord("restart-connector-lost", null))
        .endsWith(FactEncoder.encode(new Fact.Configured("gone", Map.of("k", "v"))).getFirst());
    assertThat(write(new Fact.Configured("b", Map.of()))).as("once").hasSize(1);
  }

  private List<FactRecord> write(Fact... facts) {
    var records = new Batch("configs", List.of(facts), leftovers).records();
    records.forEach(leftovers::note);
    return records;
  }
}
