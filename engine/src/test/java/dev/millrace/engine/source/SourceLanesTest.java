package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.LaneSettings;
import dev.millrace.model.errors.Tolerance;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A source whose records are converted in several lanes: what leaves it is as with one. */
class SourceLanesTest {
  private static final int COUNT = 300;
  private final SteppedHelper helper = new SteppedHelper();
  private final SourceRig rig = new SourceRig();

  @BeforeEach
  void threeLanes() {
    rig.lanes = new LaneSettings(3, helper);
    rig.waits.onWait = helper::step;
  }

  private static List<String> numbers() {
    return LongStream.rangeClosed(1, COUNT).mapToObj(Long::toString).toList();
  }

  private static SourceRecord[] records() {
    return LongStream.rangeClosed(1, COUNT)
        .mapToObj(SourceLanesTest::record)
        .toArray(SourceRecord[]::new);
  }

  private static SourceRecord record(long number) {
    return new SourceRecord(
        Map.of("p", 0),
        Map.of("n", number),
        "t",
        0,
        null,
        "key" + number % 17,
        null,
        Long.toString(number));
  }

  private static void refuse(SourceRecord record, int number) {
    if (record.value().equals(Integer.toString(number))) {
      throw new DataException("not " + number);
    }
  }

  @DisplayName("§8.8 Records leave in the order they were polled in, with their offsets")
  @Test
  void orderAndOffsetsAreKept() {
    rig.start().poll(records()).stop();
    assertThat(helper.asked).as("lanes that others had").isEqualTo(2);
    assertThat(rig.written()).isEqualTo(numbers());
    assertThat(rig.offsets()).containsEntry("0", (long) COUNT);
  }

  @DisplayName("§8.8 A record that fails the task lets nothing behind it be sent")
  @Test
  void aFailureLetsNothingBehindItBeSent() {
    rig.transformation =
        record -> {
          refuse(record, 40);
          refuse(record, 70);
          return record;
        };
    rig.start().polls.add(() -> List.of(records()));
    assertThat(rig.failure()).hasRootCauseMessage("not 40");
    assertThat(rig.written()).isEqualTo(numbers().subList(0, 39));
    assertThat(rig.offsets()).containsEntry("0", 39L);
  }

  @DisplayName("§8.8 Records that are skipped, dropped or repeated leave the others' order alone")
  @Test
  void skippedDroppedAndRepeated() {
    rig.letters = true;
    rig.tolerance = Tolerance.ALL;
    rig.retries = Duration.ofSeconds(1);
    Set<String> failedOnce = new HashSet<>();
    rig.transformation =
        record -> {
          refuse(record, 40);
          if (Long.parseLong((String) record.value()) % 50 == 7
              && failedOnce.add("" + record.value())) {
            throw new RetriableException("not yet");
          }
          return record.value().equals("41") ? null : record;
        };
    rig.start().poll(records()).stop();
    List<String> expected =
        numbers().stream().filter(number -> !List.of("40", "41").contains(number)).toList();
    assertThat(failedOnce).hasSize(6);
    assertThat(rig.written()).isEqualTo(expected);
    assertThat(rig.kafka.values(SourceRig.LETTERS)).containsExactly("40");
    assertThat(rig.offsets()).containsEntry("0", (long) COUNT);
  }

  @Test
  void whatCannotBeSentForTheMomentIsNotConvertedAgain() {
    int[] attempts = new int[1];
    int[] transformed = new int[1];
    rig.transformation =
        record -> {
          transformed[0]++;
          return record;
        };
    rig.topics =
        topic -> {
          if (attempts[0]++ < 3) {
            throw new RetriableException("no leader yet");
          }
        };
    rig.start().poll(records()).steps(3).stop();
    assertThat(rig.written()).isEqualTo(numbers());
    assertThat(transformed[0]).isEqualTo(COUNT);
  }

  @DisplayName("§8.8 Lanes and a poll may be at work at the same time")
  @Test
  void lanesBesideAPoll() {
    rig.overlap =
        new Overlap(
            helper,
            new Overlap.Choice() {
              @Override
              public void sent(long pollNanos, long sendNanos) {
                // nothing follows from it
              }

              @Override
              public boolean wanted() {
                return true;
              }
            });
    rig.start().poll(records()).steps(1).stop();
    assertThat(helper.asked).isEqualTo(3);
    assertThat(rig.written()).isEqualTo(numbers());
  }
}
