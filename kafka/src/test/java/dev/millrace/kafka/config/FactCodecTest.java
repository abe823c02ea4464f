package dev.millrace.kafka.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.Fact;
import dev.millrace.model.Restart;
import dev.millrace.model.SessionKey;
import dev.millrace.model.TargetState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FactCodecTest {

  private static final List<Fact> FACTS =
      List.of(
          new Fact.Configured("src", Map.of("connector.class", "X", "name", "src", "ü", "\"/\n")),
          new Fact.Retargeted("src", TargetState.STOPPED),
          new Fact.TasksComputed("a-b-1", List.of(Map.of("task.class", "T"), Map.of("file", "f"))),
          new Fact.TasksComputed("src", List.of()),
          new Fact.RestartAsked("src", Restart.FAILED_INSTANCE_AND_TASKS),
          new Fact.TaskRestartAsked("a-b", 12),
          new Fact.Leased("src", new TreeMap<>(Map.of(-1, "w1#1", 0, "w2#7"))),
          new Fact.Fenced("src", 3),
          new Fact.KeyRotated(new SessionKey("a2V5", "HmacSHA256", 1795330583123L)),
          new Fact.Seated(7, "w1:8083#7"),
          new Fact.Expected("w1:8083#7", 60_000),
          new Fact.Expected("w1:8083#7", 0),
          new Fact.LevelSet("org.example", "Debug"),
          new Fact.Deleted("src"),
          new Fact.Retargeted("src", TargetState.STARTED), // taken back with the connector
          new Fact.TasksComputed("src", List.of()));

  @Test
  void everyFactIsReadBackAsItWas() {
    var decoder = new FactDecoder();
    var read = new ArrayList<Fact>();
    FACTS.subList(0, FACTS.size() - 2).stream()
        .flatMap(fact -> FactEncoder.encode(fact).stream())
        .forEach(record -> decoder.decode(record).ifPresent(read::add));
    assertThat(read).isEqualTo(FACTS);
  }

  @Test
  void coversEveryKindOfFact() {
    assertThat(FACTS.stream().map(Object::getClass).distinct())
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(Fact.class.getPermittedSubclasses()));
  }

  @Test
  void recordsAreThoseOfKafkaConnect() {
    assertThat(FactEncoder.encode(new Fact.Configured("src", Map.of("name", "src"))))
        .containsExactly(new FactRecord("connector-src", "{\"properties\":{\"name\":\"src\"}}"));
    assertThat(FactEncoder.encode(new Fact.Retargeted("src", TargetState.STOPPED)))
        .containsExactly(
            new FactRecord("target-state-src", "{\"state\":\"PAUSED\",\"state.v2\":\"STOPPED\"}"));
    assertThat(FactEncoder.encode(new Fact.TasksComputed("src", List.of(Map.of("a", "b")))))
        .containsExactly(
            new FactRecord("task-src-0", "{\"properties\":{\"a\":\"b\"}}"),
            new FactRecord("commit-src", "{\"tasks\":1}"));
    assertThat(FactEncoder.encode(new Fact.RestartAsked("src", Restart.INSTANCE_AND_TASKS)))
        .containsExactly(
            new FactRecord(
                "restart-connector-src", "{\"include-tasks\":true,\"only-failed\":false}"));
    assertThat(FactEncoder.encode(new Fact.Deleted("src")))
        .containsExactly(
            new FactRecord("connector-src", null),
            new FactRecord("target-state-src", null),
            new FactRecord("commit-src", "{\"tasks\":0}"));
    assertThat(FactEncoder.encode(new Fact.LevelSet("org.example", "trace")))
        .containsExactly(new FactRecord("logger-cluster-org.example", "{\"level\":\"trace\"}"));
    assertThat(FactEncoder.encode(new Fact.Fenced("src", 1)))
        .containsExactly(new FactRecord("tasks-fencing-src", "{\"task-count\":1}"));
    assertThat(
            FactEncoder.encode(
                new Fact.KeyRotated(new SessionKey("a2V5", "HmacSHA256", 1795330583123L))))
        .containsExactly(
            new FactRecord(
                "session-key",
                "{\"key\":\"a2V5\",\"algorithm\":\"HmacSHA256\",\"creation-timestamp\":1795330583123}"));
  }

  @Test
  void readsTargetStatesOfOldWorkers() {
    assertThat(
            new FactDecoder().decode(new FactRecord("target-state-src", "{\"state\":\"PAUSED\"}")))
        .contains(new Fact.Retargeted("src", TargetState.PAUSED));
  }

  @DisplayName("§1.2 an unknown target state counts as STARTED")
  @Test
  void unknownTargetStates() {
    assertThat(
            new FactDecoder().decode(new FactRecord("target-state-src", "{\"state\":\"FUTURE\"}")))
        .contains(new Fact.Retargeted("src", TargetState.STARTED));
  }

  @Test
  void incompleteTaskSetsAreNotUsed() {
    var decoder = new FactDecoder();
    decoder.decode(new FactRecord("task-src-1", "{\"properties\":{}}"));
    assertThat(decoder.decode(new FactRecord("commit-src", "{\"tasks\":2}"))).isEmpty();
  }

  /** Whoever reads the log passes such records over; anything else would end every worker. */
  @ParameterizedTest
  @ValueSource(strings = {"task-5", "restart-task-5", "task-", "task-a-b", "restart-task-a-"})
  void keysThatNameNoTaskAreBrokenRecords(String key) {
    assertThatThrownBy(() -> new FactDecoder().decode(new FactRecord(key, "{}")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** What somebody else has written must not empty a configuration or take all tasks away. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "connector-src; {}",
        "connector-src; {'properties':null}",
        "connector-src; {'properties':['a']}",
        "connector-src; 'text'",
        "connector-src; null",
        "task-src-0; {}",
        "commit-src; {}",
        "commit-src; {'tasks':'2'}",
        "commit-src; {'tasks':-1}",
        "commit-src; {'tasks':1e9}",
        "tasks-fencing-src; {}",
        "tasks-fencing-src; {'task-count':null}",
        "lease-src; {}",
        "lease-src; {'holders':null}",
        "generation; {}",
        "restart-connector-src; []"
      },
      quoteCharacter = '|')
  void valuesOfAnotherFormAreBrokenRecords(String key, String value) {
    assertThatThrownBy(
            () -> new FactDecoder().decode(new FactRecord(key, value.replace('\'', '"'))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key);
  }

  @Test
  void keysOfOthersAreSkippedAndBrokenRecordsAreNamed() {
    assertThat(new FactDecoder().decode(new FactRecord("session-key", "{}"))).isEmpty();
    assertThatThrownBy(() -> new FactDecoder().decode(new FactRecord("commit-src", "{")))
        .hasMessageContaining("commit-src");
  }
}
