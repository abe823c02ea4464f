package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class TailCommandTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  /** As {@code head}, which ends after its first lines. */
  private static final class Gone extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("Broken pipe");
    }
  }

  @Test
  void endsWhenNobodyReadsItsOutput() {
    var stop = new Stop();
    var out = new PrintStream(new Gone(), false, StandardCharsets.UTF_8);
    var command =
        new TailCommand(new Outside(out, out, false, Map.of(), Path.of("home"), "", stop));
    try (var consumer = new MockConsumer<byte[], byte[]>("earliest");
        var text = new RecordText()) {
      consumer.assign(List.of(PARTITION));
      consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
      consumer.addRecord(new ConsumerRecord<>("t", 0, 0, new byte[0], new byte[0]));
      consumer.schedulePollTask(() -> {});
      consumer.schedulePollTask(stop::ask); // it goes on
      command.show(consumer, text);
    }
    assertThat(stop.isAsked()).isFalse();
  }
}
