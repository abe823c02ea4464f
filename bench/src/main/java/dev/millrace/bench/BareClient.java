package dev.millrace.bench;

import dev.millrace.bench.plugin.Form;
import dev.millrace.bench.plugin.Marks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A process with nothing but a producer or a consumer: the limit. Takes a properties file: what the
 * marks need, {@code topic}, {@code records}, {@code length} of a record to produce (0 consumes),
 * and the client's settings.
 */
public final class BareClient {

  private static final String OWNER = "bare";

  private BareClient() {}

  /** Produces or consumes until the last mark. */
  public static void main(String[] arguments) throws IOException {
    Properties settings = new Properties();
    try (var in = Files.newBufferedReader(Path.of(arguments[0]))) {
      settings.load(in);
    }
    Thread.currentThread().setName("task-" + OWNER);
    Marks marks =
        new Marks(
            Map.of(
                "marks.file", settings.getProperty("marks.file"),
                "marks.at", settings.getProperty("marks.at")),
            OWNER);
    String topic = settings.getProperty("topic");
    int length = Integer.parseInt(settings.getProperty("length"));
    if (length > 0) {
      produce(settings, topic, length, marks);
    } else {
      consume(settings, topic, Long.parseLong(settings.getProperty("records")), marks);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // errors end the callback's process
  private static void produce(Properties settings, String topic, int length, Marks marks) {
    byte[][] values = new byte[1000][];
    for (int i = 0; i < values.length; i++) {
      byte[] text = (byte[]) Form.BYTES.value(i).value();
      values[i] = new byte[length];
      for (int at = 0; at < length; at++) values[i][at] = text[at % text.length];
    }
    var bytes = new ByteArraySerializer();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      long count = 0;
      while (!marks.passed(count)) {
        producer.send(
            new ProducerRecord<>(topic, values[(int) (count % values.length)]),
            (metadata, error) -> {
              if (error != null) Runtime.getRuntime().halt(1);
            });
        count++;
      }
    }
  }

  private static void consume(Properties settings, String topic, long records, Marks marks) {
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long count = 0;
      while (!marks.passed(count)) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofSeconds(1));
        long last = -1;
        for (ConsumerRecord<byte[], byte[]> record : polled) {
          last = record.offset();
          count++;
        }
        if (last >= records - 1) consumer.seekToBeginning(partitions);
      }
    }
  }
}
