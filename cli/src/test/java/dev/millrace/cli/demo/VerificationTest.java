package dev.millrace.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class VerificationTest {

  @Test
  void allIsRight() {
    var found =
        verify(
            List.of(1L, 2L, 3L), List.of(3L, 1L, 2L), Map.of(7, 2L, 8, 1L), Map.of(7, 2L, 8, 1L));
    assertThat(found.isRight()).isTrue();
    assertThat(found.summary()).isEqualTo("rows 3, records 3, counted 3, lost 0, duplicated 0");
  }

  @Test
  void aLostRowIsSeenThoughTheNumbersAgree() {
    var found = verify(List.of(1L, 2L, 3L), List.of(1L, 1L, 3L), Map.of(7, 3L), Map.of(7, 3L));
    assertThat(found.summary()).isEqualTo("rows 3, records 3, counted 3, lost 1, duplicated 1");
    assertThat(found.differences())
        .containsExactly(
            "1 rows of the database are in no record of the topic", "1 records repeat a row");
  }

  @Test
  void aRecordWithoutARowIsSeen() {
    var found = verify(List.of(1L), List.of(1L, 9L), Map.of(7, 1L), Map.of(7, 1L));
    assertThat(found.differences()).containsExactly("1 rows in the topic are not in the database");
  }

  @Test
  void countsAreComparedForEachUser() {
    var found = verify(List.of(1L, 2L), List.of(1L, 2L), Map.of(7, 1L, 8, 1L), Map.of(7, 2L));
    assertThat(found.isRight()).isFalse();
    assertThat(found.counted()).isEqualTo(2);
    assertThat(found.differences())
        .containsExactly(
            "user 7 has 1 rows in the database and a count of 2",
            "user 8 has 1 rows in the database and a count of 0");
  }

  @Test
  void manyDifferencesAreCutShort() {
    Map<Integer, Long> rows = new TreeMap<>();
    for (int user = 0; user < 25; user++) {
      rows.put(user, 1L);
    }
    var found = verify(List.of(), List.of(), rows, Map.of());
    assertThat(found.differences()).hasSize(11).last().isEqualTo("and 15 more users differ");
  }

  @Property
  void idsAgreeWithSets(
      @ForAll List<@LongRange(min = 0, max = 3_000_000) Long> database,
      @ForAll List<@LongRange(min = 0, max = 3_000_000) Long> topic) {
    Set<Long> rows = new HashSet<>(database);
    Set<Long> records = new HashSet<>(topic);
    var found = verify(List.copyOf(rows), topic, Map.of(), Map.of());
    Set<Long> missing = new HashSet<>(rows);
    missing.removeAll(records);
    assertThat(found.lost()).isEqualTo(missing.size());
    assertThat(found.duplicated()).isEqualTo(topic.size() - records.size());
    assertThat(found.records()).isEqualTo(topic.size());
  }

  private static Verification verify(
      List<Long> database, List<Long> topic, Map<Integer, Long> rows, Map<Integer, Long> counts) {
    return Verification.of(ids(database), ids(topic), new TreeMap<>(rows), new TreeMap<>(counts));
  }

  private static Ids ids(List<Long> values) {
    Ids ids = new Ids();
    values.forEach(ids::add);
    return ids;
  }
}
