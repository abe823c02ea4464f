package dev.millrace.engine.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * What has to hold of the numbers 1, 2, 3 … of each partition in the simulated Kafka. After every
 * change: no offset is ahead of its records. A number may be missing only when it was dropped, or
 * aborted, on purpose, or has a letter.
 */
final class Expectations {
  static final String OUT = "out";
  static final String LETTERS = "dlq";
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /** A number of a partition. */
  record Place(int partition, long value) {}

  private final SimulatedKafka kafka;
  private final Set<Place> left = new HashSet<>();
  private final Map<Integer, Long> verified = new HashMap<>();
  private int offsetsSeen;

  Expectations(SimulatedKafka kafka) {
    this.kafka = kafka;
    kafka.changed = this::check;
  }

  /** The task or a transformation leaves it out on purpose. */
  void mayMiss(int partition, long value) {
    left.add(new Place(partition, value));
  }

  private void check() {
    int offsets = kafka.committed(SimulatedProcess.OFFSETS).size();
    if (offsets == offsetsSeen) {
      return;
    }
    offsetsSeen = offsets;
    SimulatedProcess.offsets(kafka).forEach(this::check);
  }

  private void check(String key, long offset) {
    int partition = Integer.parseInt(key);
    if (offset > verified.getOrDefault(partition, 0L)) {
      check(partition, offset, lettered());
      verified.put(partition, offset);
    }
  }

  private void check(int partition, long offset, Set<Place> lettered) {
    Set<Long> written = new HashSet<>(numbers(partition));
    for (long n = 1; n <= offset; n++) {
      Place number = new Place(partition, n);
      assertThat(written.contains(n) || left.contains(number) || lettered.contains(number))
          .as("offset %d of partition %d is ahead of record %d", offset, partition, n)
          .isTrue();
    }
  }

  private List<Long> numbers(int partition) {
    return kafka.committed(OUT, partition).stream().map(e -> Long.valueOf(e.value())).toList();
  }

  private Set<Place> lettered() {
    Set<Place> found = new HashSet<>();
    for (SimulatedKafka.Entry letter : kafka.committed(LETTERS)) {
      found.add(new Place((int) header(letter, "partition"), header(letter, "offset")));
    }
    return found;
  }

  private static long header(SimulatedKafka.Entry letter, String name) {
    byte[] json = letter.record.headers().lastHeader("__millrace.errors.source." + name).value();
    var number = DIGITS.matcher(new String(json, StandardCharsets.UTF_8));
    assertThat(number.find()).isTrue();
    return Long.parseLong(number.group());
  }

  /** At the end: everything is there, in order, exactly once if so promised. */
  void checkAll(Guarantee guarantee, int partitions, int last) {
    Set<Place> lettered = lettered();
    for (int p = 0; p < partitions; p++) {
      List<Long> first = numbers(p).stream().distinct().toList();
      assertThat(first).as("order of partition %d", p).isSorted();
      if (guarantee == Guarantee.EXACTLY_ONCE) {
        assertThat(numbers(p)).as("partition %d has nothing twice", p).isEqualTo(first);
      }
      check(p, last, lettered);
      assertThat(SimulatedProcess.offsets(kafka)).containsEntry(Integer.toString(p), (long) last);
      int partition = p;
      assertThat(LongStream.rangeClosed(1, last).filter(n -> n % 11 == 0).boxed())
          .as("failed records of partition %d have letters", p)
          .allMatch(n -> lettered.contains(new Place(partition, n)));
    }
  }
}
