package dev.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GapsTest {

  @Test
  void aFilledIdSplitsItsRange() {
    Gaps gaps = new Gaps();
    gaps.add(3, 9, 0);
    assertThat(gaps.fill(5)).isTrue();
    assertThat(gaps.fill(5)).isFalse();
    assertThat(gaps.text()).isEqualTo("3-4,6-9");
    assertThat(gaps.condition("id")).isEqualTo(" OR id BETWEEN 3 AND 4 OR id BETWEEN 6 AND 9");
    assertThat(gaps.fill(10)).isFalse();
  }

  @Test
  void aRangeIsGivenUpOnlyByAQueryThatBeganLaterThanTheLimit() {
    Gaps gaps = new Gaps();
    gaps.add(1, 1, 100);
    gaps.expire(150, 50);
    assertThat(gaps.isEmpty()).isFalse();
    gaps.expire(151, 50);
    assertThat(gaps.isEmpty()).isTrue();
  }

  @Test
  void theOldestGoesWhenThereAreTooMany() {
    Gaps gaps = new Gaps();
    for (int i = 0; i < Gaps.LIMIT; i++) {
      assertThat(gaps.add(2L * i, 2L * i, 0)).isFalse();
    }
    assertThat(gaps.add(5000, 5000, 0)).isTrue();
    assertThat(gaps.fill(0)).isFalse();
    assertThat(gaps.fill(2)).isTrue();
  }

  @Property
  void whatIsNeitherFilledNorThereIsMissingAlsoAfterARestart(
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 60) Integer> present,
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 60) Integer> late) {
    Gaps gaps = new Gaps();
    long last = 0;
    for (int id : new TreeSet<>(present)) {
      gaps.add(last + 1, id - 1L, 0);
      last = id;
    }
    Set<Long> missing = new HashSet<>();
    for (long id = 1; id < last; id++) {
      if (!present.contains((int) id)) {
        missing.add(id);
      }
    }
    for (int id : late) {
      gaps = Gaps.parse(gaps.text(), 0);
      assertThat(gaps.fill(id)).isEqualTo(missing.remove((long) id));
    }
    for (long id = 1; id <= 60; id++) {
      assertThat(gaps.fill(id)).isEqualTo(missing.contains(id));
    }
  }
}
