package dev.millrace.engine.source;

import java.util.List;
import org.apache.kafka.clients.producer.Producer;

/** The simulated producer keeps the contract. */
class SimulatedProducerTest extends ProducerContract {
  private final SimulatedKafka kafka = new SimulatedKafka();

  @Override
  Producer<byte[], byte[]> make(String transactionalId) {
    return new SimulatedProducer(kafka, transactionalId);
  }

  @Override
  List<String> committed(String topic, int atLeast) {
    return kafka.values(topic);
  }
}
