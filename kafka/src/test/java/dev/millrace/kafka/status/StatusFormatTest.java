package dev.millrace.kafka.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.kafka.status.StatusFormat.Holding;
import dev.millrace.kafka.status.StatusRecord.State;
import dev.millrace.model.Command;
import dev.millrace.model.Rejection;
import dev.millrace.model.TasksRefusal;
import dev.millrace.model.WorkId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Keys and values as Kafka Connect writes them (compat: internal topics §7). */
final class StatusFormatTest {
  private static final StatusRecord RUNNING =
      new StatusRecord(State.RUNNING, Optional.empty(), "w1:8083", 16, Optional.of("4.3.1"), "");

  @Test
  void aStatusHasKafkaConnectsForm() {
    String text =
        "{\"state\":\"RUNNING\",\"trace\":null,\"worker_id\":\"w1:8083\",\"generation\":16,\"version\":\"4.3.1\"}";
    assertThat(StatusFormat.encode(RUNNING)).isEqualTo(text);
    assertThat(StatusFormat.status(text)).isEqualTo(RUNNING);
  }

  @Test
  void aStatusOfAnOlderWorkerHasNoVersion() {
    assertThat(
            StatusFormat.status(
                "{\"state\":\"FAILED\",\"trace\":\"at x\",\"worker_id\":\"w\",\"generation\":0}"))
        .isEqualTo(
            new StatusRecord(State.FAILED, Optional.of("at x"), "w", 0, Optional.empty(), ""));
  }

  @Test
  void whatIsNoStatusIsRefused() {
    for (String text :
        List.of(
            "{",
            "{\"state\":\"ODD\",\"worker_id\":\"w\",\"generation\":1}",
            "{\"state\":\"RUNNING\",\"worker_id\":\"w\",\"generation\":\"x\"}")) {
      assertThatThrownBy(() -> StatusFormat.status(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aRefusalIsReadAsItIsWritten() {
    var offer = new Command.PublishTasks("a-b", 7, List.of(Map.of("k", "v")));
    var why = new Rejection(Rejection.Code.INVALID, "It is \"large\"", "Make it smaller");
    var refusal = TasksRefusal.of(offer, why);
    assertThat(StatusFormat.refusal("a-b", StatusFormat.encode(refusal))).isEqualTo(refusal);
    assertThat(refusal.isOf(7, offer.tasks())).isTrue();
    assertThat(refusal.isOf(7, List.of())).isFalse();
    assertThat(refusal.isOf(8, offer.tasks())).isFalse();
  }

  @Test
  void keysAreReadAsTheyAreWritten() {
    for (StatusKey key :
        List.of(
            new StatusKey.Work(WorkId.instance("a-b")),
            new StatusKey.Work(new WorkId("a-b-7", 12)),
            new StatusKey.ActiveTopic("t.1", "c:connector-d"),
            new StatusKey.Refusal("a-b"),
            new StatusKey.Member("m#1"))) {
      assertThat(StatusFormat.key(StatusFormat.text(key))).contains(key);
    }
    assertThat(StatusFormat.text(new StatusKey.Work(new WorkId("src", 0))))
        .isEqualTo("status-task-src-0");
    assertThat(StatusFormat.text(new StatusKey.ActiveTopic("t1", "src")))
        .isEqualTo("status-topic-t1:connector-src");
    assertThat(StatusFormat.key("something-else")).isEmpty();
    assertThat(StatusFormat.key("status-task-src")).isEmpty();
  }

  @Test
  void anActiveTopicHasKafkaConnectsForm() {
    assertThat(StatusFormat.encode(new StatusKey.ActiveTopic("t1", "src"), 0, 1795330640123L))
        .isEqualTo(
            "{\"topic\":{\"name\":\"t1\",\"connector\":\"src\",\"task\":0,\"discoverTimestamp\":1795330640123}}");
  }

  @Test
  void aReportKeepsOddNames() {
    var held =
        new TreeSet<>(List.of(new WorkId("/a/b", 0), WorkId.instance("/a/b"), new WorkId("c", 3)));
    assertThat(StatusFormat.holding(StatusFormat.encode(new Holding(held, 42))))
        .isEqualTo(new Holding(held, 42));
  }

  @Test
  void aLateReportDoesNotHideANewerOne() {
    var table = new StatusTable();
    var key = new StatusKey.Work(new WorkId("c", 0));
    table.apply(key, Optional.of(StatusFormat.encode(RUNNING)));
    table.apply(key, Optional.of(StatusFormat.encode(status(State.UNASSIGNED, "w2", 16))));
    assertThat(table.of(key.id())).contains(RUNNING);
    table.apply(key, Optional.of(StatusFormat.encode(status(State.UNASSIGNED, "w2", 17))));
    assertThat(table.of(key.id()).orElseThrow().state()).isEqualTo(State.UNASSIGNED);
  }

  @Test
  void anEndIsNotWrittenOverALaterGenerationOfAnotherWorker() {
    var table = new StatusTable();
    var id = new WorkId("c", 0);
    var ours =
        new StatusRecord(
            State.RUNNING, Optional.empty(), "w1:8083", 16, Optional.empty(), "w1:8083#1");
    table.apply(new StatusKey.Work(id), Optional.of(StatusFormat.encode(ours)));
    var there = Set.of("w1:8083#1", "w2#1");
    assertThat(table.allows(id, status(State.FAILED, "w2", 15), there)).isFalse();
    assertThat(table.allows(id, status(State.FAILED, "w2", 16), there)).isTrue();
    assertThat(table.allows(id, status(State.FAILED, "w1:8083", 15), there)).isTrue();
    assertThat(table.allows(id, status(State.RUNNING, "w2", 15), there)).isTrue();
    assertThat(table.allows(id, status(State.FAILED, "w2", 15), Set.of("w2#1")))
        .as("a group that was forgotten begins again with generation 1")
        .isTrue();
  }

  @Test
  void whatKafkaConnectHasLeftIsWrittenOver() {
    var table = new StatusTable();
    var id = new WorkId("c", 0);
    table.apply(new StatusKey.Work(id), Optional.of(StatusFormat.encode(RUNNING)));
    assertThat(table.allows(id, status(State.FAILED, "w2", 1), Set.of("w2#1"))).isTrue();
  }

  @Test
  void aConnectorsTombstoneDropsItsTasks() {
    var table = new StatusTable();
    var status = Optional.of(StatusFormat.encode(RUNNING));
    for (var id : List.of(WorkId.instance("c"), new WorkId("c", 0), new WorkId("c-1", 0))) {
      table.apply(new StatusKey.Work(id), status);
    }
    table.apply(new StatusKey.Work(WorkId.instance("c")), Optional.empty());
    assertThat(table.of(new WorkId("c", 0))).isEmpty();
    assertThat(table.of(new WorkId("c-1", 0))).isPresent();
  }

  private static StatusRecord status(State state, String worker, int generation) {
    return new StatusRecord(state, Optional.empty(), worker, generation, Optional.empty(), "");
  }
}
