package dev.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.junit.jupiter.api.Test;

/** Errors of interceptors reach whoever sends, and never a producer's I/O thread. */
class ShieldedInterceptorsTest {

  /** Lacks a class where it is told something. */
  public static final class Broken
      implements ProducerInterceptor<byte[], byte[]>, ClusterResourceListener {

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
      throw new NoClassDefFoundError("for answers");
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
      throw new NoClassDefFoundError("for clusters");
    }

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
  }

  private static ShieldedInterceptors shield() {
    var settings = new HashMap<String, Object>();
    settings.put("interceptor.classes", Broken.class.getName());
    ShieldedInterceptors.before(settings);
    var shield = new ShieldedInterceptors();
    shield.configure(settings);
    return shield;
  }

  private static void assertNextSendFails(ShieldedInterceptors shield, String why) {
    assertThatThrownBy(() -> shield.onSend(new ProducerRecord<>("t", new byte[0])))
        .isInstanceOf(NoClassDefFoundError.class)
        .hasMessage(why);
  }

  @Test
  void ofAnAnswer() {
    var shield = shield();
    shield.onAcknowledgement(null, null, null);
    assertNextSendFails(shield, "for answers");
  }

  @Test
  void ofTheCluster() {
    var shield = shield();
    shield.onUpdate(new ClusterResource("id"));
    assertNextSendFails(shield, "for clusters");
  }
}
