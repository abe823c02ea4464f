package dev.millrace.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.metrics.Monitorable;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the interceptors of a producer, and calls them as the producer would. Their
 * exceptions are logged and ignored, as there; but an {@code Error} of one that hears of an answer,
 * or of the cluster, would end the producer's I/O thread, and nobody would ever hear of the records
 * on their way (decision 0168). Here they go on, and the next record that is sent throws the Error,
 * on the thread of who sends it. Thread-safe once it is configured.
 */
public final class ShieldedInterceptors
    implements ProducerInterceptor<byte[], byte[]>, ClusterResourceListener, Monitorable {

  private static final Logger LOG = LoggerFactory.getLogger(ShieldedInterceptors.class);
  private static final String CLASSES = ProducerConfig.INTERCEPTOR_CLASSES_CONFIG;

  /** What was set as the producer's interceptors. */
  private static final String BEHIND = "millrace." + CLASSES;

  private final AtomicReference<Error> broken = new AtomicReference<>();
  private List<ProducerInterceptor<byte[], byte[]>> behind = List.of();

  /** Made by the producer, which configures it. */
  public ShieldedInterceptors() {}

  /** Puts it before the interceptors in the settings of a producer, if there are any. */
  static void before(Map<String, Object> producer) {
    Object named = producer.get(CLASSES);
    if (named != null && !named.toString().isBlank()) {
      producer.put(BEHIND, named);
      producer.put(CLASSES, ShieldedInterceptors.class.getName());
    }
  }

  @Override
  @SuppressWarnings("unchecked") // of a producer of bytes
  public void configure(Map<String, ?> settings) {
    Map<String, Object> own = new HashMap<>(settings);
    own.put(CLASSES, own.remove(BEHIND));
    ConfigDef classes =
        new ConfigDef().define(CLASSES, ConfigDef.Type.LIST, ConfigDef.Importance.LOW, "");
    behind =
        (List<ProducerInterceptor<byte[], byte[]>>)
            (List<?>)
                new AbstractConfig(classes, own, false)
                    .getConfiguredInstances(CLASSES, ProducerInterceptor.class);
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
    Error error = broken.get();
    if (error != null) {
      throw error;
    }
    ProducerRecord<byte[], byte[]> current = record;
    for (ProducerInterceptor<byte[], byte[]> each : behind) {
      try {
        current = each.onSend(current);
      } catch (RuntimeException e) {
        ignored(each, "onSend", e);
      }
    }
    return current;
  }

  /** On the producer's I/O thread, which must survive it, or inside a send. */
  @Override
  public void onAcknowledgement(RecordMetadata metadata, Exception exception, Headers headers) {
    for (ProducerInterceptor<byte[], byte[]> each : behind) {
      try {
        each.onAcknowledgement(metadata, exception, headers);
      } catch (RuntimeException e) {
        ignored(each, "onAcknowledgement", e);
      } catch (Error e) {
        kept(each, "onAcknowledgement", e);
      }
    }
  }

  private void kept(ProducerInterceptor<?, ?> of, String method, Error e) {
    if (broken.compareAndSet(null, e)) {
      LOG.error(
          "{}() of the producer's interceptor {} has thrown an Error; the next record that is sent"
              + " fails with it",
          method,
          of.getClass().getName(),
          e);
    }
  }

  private static void ignored(ProducerInterceptor<?, ?> of, String method, RuntimeException e) {
    LOG.warn(
        "{}() of the producer's interceptor {} has thrown an exception, which is ignored",
        method,
        of.getClass().getName(),
        e);
  }

  /** On the producer's I/O thread, which survives exceptions only, or while it is made. */
  @Override
  public void onUpdate(ClusterResource cluster) {
    for (ProducerInterceptor<byte[], byte[]> each : behind) {
      if (each instanceof ClusterResourceListener listener) {
        try {
          listener.onUpdate(cluster);
        } catch (Error e) {
          kept(each, "onUpdate", e);
        }
      }
    }
  }

  @Override
  public void withPluginMetrics(PluginMetrics metrics) {
    for (ProducerInterceptor<byte[], byte[]> each : behind) {
      if (each instanceof Monitorable monitorable) {
        monitorable.withPluginMetrics(metrics);
      }
    }
  }

  /** Closes all, also when some fail. */
  @Override
  public void close() {
    for (ProducerInterceptor<byte[], byte[]> each : behind) {
      Utils.closeQuietly(each, "interceptor " + each.getClass().getName());
    }
  }
}
