package dev.millrace.worker;

import java.util.Map;
import java.util.function.Supplier;
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

  static Producer<byte[], byte[]> producer(Map<String, Object> settings) {
    return withOwnLoader(() -> new KafkaProducer<>(settings));
  }

  static Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    return withOwnLoader(() -> new KafkaConsumer<>(settings));
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
