package dev.millrace.worker;

import dev.millrace.worker.metrics.WorkMeter;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes Kafka clients on threads of work. Kafka's clients load classes by the context loader: ours
 * for that time, not the plugin's.
 */
final class KafkaClients {

  private KafkaClients() {}

  static Producer<byte[], byte[]> producer(Map<String, Object> settings, WorkMeter meter) {
    Producer<byte[], byte[]> made = withOwnLoader(() -> new KafkaProducer<>(settings));
    meter.client("kafka.producer", clientId(settings), made, Producer::metrics);
    return made;
  }

  static Consumer<byte[], byte[]> consumer(Map<String, Object> settings, WorkMeter meter) {
    Consumer<byte[], byte[]> made = withOwnLoader(() -> new KafkaConsumer<>(settings));
    meter.client("kafka.consumer", clientId(settings), made, Consumer::metrics);
    return made;
  }

  private static String clientId(Map<String, Object> settings) {
    return String.valueOf(settings.get(CommonClientConfigs.CLIENT_ID_CONFIG));
  }

  static Admin admin(Map<String, Object> settings) {
    return withOwnLoader(() -> Admin.create(settings));
  }

  private static <T> T withOwnLoader(Supplier<T> maker) {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(KafkaClients.class.getClassLoader());
    try {
      return maker.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
