package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Which failures a restart may mend. */
class PermanentErrorsTest {

  private static Throwable refusal(String servers) {
    var bytes = new ByteArraySerializer();
    return catchThrowable(
        () -> new KafkaProducer<>(Map.of("bootstrap.servers", servers), bytes, bytes).close());
  }

  @Test
  void aNameThatIsNotFoundForTheMomentPasses() {
    assertThat(refusal("kafka.invalid:9092")).isNotNull();
    assertThat(PermanentErrors.contains(refusal("kafka.invalid:9092"))).isFalse();
  }

  @Test
  void wrongSettingsAndMissingClassesStay() {
    assertThat(PermanentErrors.contains(refusal("kafka"))).isTrue();
    var wrong = new ConnectException("start", new ConfigException("tables", "", "is empty"));
    assertThat(PermanentErrors.contains(wrong)).isTrue();
    assertThat(PermanentErrors.contains(new ConnectException(new NoClassDefFoundError("a/B"))))
        .isTrue();
    assertThat(PermanentErrors.contains(new ConnectException("no table"))).isFalse();
  }

  @Test
  void anErrorThatCannotBeLookedAtPasses() {
    var odd =
        new RuntimeException() {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized Throwable getCause() {
            throw new IllegalStateException("no");
          }
        };
    assertThat(PermanentErrors.contains(odd)).isFalse();
  }
}
