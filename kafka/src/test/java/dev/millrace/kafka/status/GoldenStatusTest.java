package dev.millrace.kafka.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.kafka.GoldenRecords;
import dev.millrace.kafka.status.StatusRecord.State;
import dev.millrace.model.WorkId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Our codec against records of the status topic that Kafka Connect has written. */
class GoldenStatusTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theRecordsAreReadAndWrittenByteForByte() throws Exception {
    var states = EnumSet.noneOf(State.class);
    var gone = new ArrayList<StatusKey>();
    for (var record : GoldenRecords.of("status")) {
      var key = StatusFormat.key(record.key()).orElseThrow();
      assertThat(StatusFormat.text(key)).isEqualTo(record.key());
      if (record.value() == null) {
        gone.add(key);
      } else if (key instanceof StatusKey.ActiveTopic topic) {
        var value = JSON.readTree(record.value()).path("topic");
        assertThat(
                StatusFormat.encode(
                    topic, value.path("task").asInt(), value.path("discoverTimestamp").asLong()))
            .isEqualTo(record.value());
      } else {
        var status = StatusFormat.status(record.value());
        states.add(status.state());
        assertThat(StatusFormat.encode(status)).isEqualTo(record.value());
        assertThat(status.trace().isPresent()).isEqualTo(status.state() == State.FAILED);
      }
    }
    assertThat(states).contains(State.RUNNING, State.PAUSED, State.STOPPED, State.FAILED);
    assertThat(gone)
        .containsAll(
            List.of(
                new StatusKey.Work(WorkId.instance("golden-new")),
                new StatusKey.Work(new WorkId("golden-fails", 0))));
  }
}
