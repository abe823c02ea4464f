package dev.millrace.kafka.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class LatestWriterTest {

  /** Others wait for its reports: a worker that can tell nothing must not seem to be well. */
  @Test
  void aWriterThatCannotWriteSaysSo() throws Exception {
    var failure = new CompletableFuture<Throwable>();
    Map<String, Object> unusable =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:1",
            "acks",
            "perhaps",
            "key.serializer",
            ByteArraySerializer.class,
            "value.serializer",
            ByteArraySerializer.class);
    try (var writer = new LatestWriter("statuses", unusable, InstantSource.system())) {
      writer.start(failure::complete);
      assertThat(failure.get(2, TimeUnit.MINUTES))
          .hasMessageContaining("cannot write the status topic 'statuses'")
          .hasMessageContaining("acks");
    }
  }
}
