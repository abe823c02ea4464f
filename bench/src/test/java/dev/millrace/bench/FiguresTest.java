package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How figures are read and shown. */
class FiguresTest {

  @Test
  void heapIsReadFromTheAnswersOfSeveralCollectors() throws IOException {
    String g1 =
        """
        42:
         garbage-first heap   total reserved 1048576K, committed 262144K, used 30720K [0x1, 0x2)
          region size 1M, 2 young (2M), 1 survivors (1M)
         Metaspace       used 40000K, committed 41000K, reserved 1114112K
          class space    used 5000K, committed 5200K, reserved 1048576K
        """;
    assertThat(HeapInfo.used(g1)).isEqualTo(30720L << 10);
    String serial =
        """
        42:
        def new generation   total 78656K, used 2048K [0x1, 0x2)
        tenured generation   total 174784K, used 1024K [0x1, 0x2)
        """;
    assertThat(HeapInfo.used(serial)).isEqualTo(3072L << 10);
    assertThatThrownBy(() -> HeapInfo.used("42:\n")).hasMessageContaining("not understood");
  }

  @Test
  void onlyTheProcessesOwnEstablishedConnectionsToTheBrokerCount() {
    String line =
        "   1: 0100007F:C001 0100007F:2384 01 00:00 00:00 00 1000 0 4711 1 0 20 4 30 10 -1";
    assertThat(Footprint.isConnection(line, 9092, Set.of("4711"))).isTrue();
    assertThat(Footprint.isConnection(line, 9093, Set.of("4711"))).isFalse();
    assertThat(Footprint.isConnection(line, 9092, Set.of("4712"))).isFalse();
    assertThat(Footprint.isConnection(line.replace(" 01 ", " 06 "), 9092, Set.of("4711")))
        .isFalse();
    assertThat(Footprint.number("Name:\tjava\nThreads:\t349\n", "Threads")).isEqualTo(349);
  }

  @Test
  void theTableHasRatios() {
    var report = new Report("s", Map.of());
    report.add(Contestant.KAFKA_CONNECT, Map.of("threads", 200.0));
    report.add(Contestant.MILLRACE, Map.of("threads", 50.0));
    assertThat(report.table())
        .isEqualTo(
            """
            | s | Apache Kafka Connect 4.3.1 | Millrace | ratio |
            |---|---:|---:|---:|
            | threads | 200 | 50 | 0.25 |""");
  }

  @Test
  void startsAreComparedByTheirMedians() {
    var table = new StartTable("start", 3);
    String reference = "Apache Kafka Connect 4.3.1, service_load, second";
    for (double seconds : new double[] {9, 4, 5}) {
      table.add(reference, new Starter.Figures(seconds, 2 * seconds, 200));
      table.add("Millrace", new Starter.Figures(seconds / 5, seconds / 2, 100));
    }
    assertThat(table.text())
        .contains("| " + reference + " | 5.0 | 10.0 | 200 | 1.00, 1.00, 1.00 |")
        .endsWith("| Millrace | 1.0 | 2.5 | 100 | 0.20, 0.25, 0.50 |");
    assertThat(Starter.ticks("7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 310 41 13 14")).isEqualTo(351);
  }
}
