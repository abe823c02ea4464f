package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keys of source partitions, made anew or taken from another record's. */
class PartitionKeyTest {

  @Test
  void aKeyIsUsedAgainForTheSamePartitionAndNoOther() {
    List<Map<String, Object>> partitions = new ArrayList<>();
    partitions.add(null);
    partitions.add(Map.of());
    partitions.add(Map.of("a", 1));
    partitions.add(Map.of("a", 1L));
    partitions.add(Map.of("a", 2));
    partitions.add(Map.of("b", 1));
    partitions.add(Map.of("a", 1, "b", 1));
    partitions.add(Map.of("a", "1"));
    partitions.add(Map.of("a", new byte[] {1}));
    partitions.add(Map.of("a", 1.5f));
    partitions.add(new HashMap<>());
    partitions.getLast().put("a", null);
    for (Map<String, Object> one : partitions) {
      for (Map<String, Object> other : partitions) {
        PartitionKey key = PartitionKey.of(one);
        assertThat(key.orOf(other)).isEqualTo(PartitionKey.of(other));
        assertThat(key.orOf(other).equals(key)).isEqualTo(PartitionKey.of(other).equals(key));
        assertThat(key.orOf(other).hashCode()).isEqualTo(PartitionKey.of(other).hashCode());
      }
    }
    assertThat(PartitionKey.of(Map.of("a", 1)).orOf(Map.of("a", 1L)))
        .isEqualTo(PartitionKey.of(Map.of("a", 1)));
  }

  /** What such a record says cannot be stored, but the record can be sent. */
  @Test
  @SuppressWarnings("unchecked") // as a plugin may do
  void namesThatAreNoStringsHaveAKeyToo() {
    Map<String, Object> partition = (Map<String, Object>) (Map<?, ?>) Map.of(1, "a");
    PartitionKey key = PartitionKey.of(Map.of("1", "a")).orOf(partition);
    assertThat(key).isNotEqualTo(PartitionKey.of(Map.of("1", "a")));
    assertThat(key.orOf(partition)).isSameAs(key);
  }

  @Test
  void aKeyDoesNotFollowAMapThatThePluginChanges() {
    Map<String, Object> partition = new HashMap<>(Map.of("table", "one"));
    PartitionKey first = PartitionKey.of(partition);
    assertThat(first.orOf(partition)).isSameAs(first);
    partition.put("table", "two");
    PartitionKey second = first.orOf(partition);
    assertThat(second).isNotEqualTo(first).isEqualTo(PartitionKey.of(Map.of("table", "two")));
  }
}
