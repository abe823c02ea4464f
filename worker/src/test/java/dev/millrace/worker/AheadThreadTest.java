package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.WorkId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class AheadThreadTest {

  @Test
  @DisplayName("§13.2 Conversions ahead log as their task does, by one thread that ends when idle")
  void isThereWhileItIsNeeded() throws Exception {
    var ahead = new AheadThread(new WorkId("c", 3));
    var context = new CompletableFuture<Map<String, String>>();
    var thread = new CompletableFuture<Thread>();
    var goOn = new CountDownLatch(1);
    ahead.execute(
        () -> {
          thread.complete(Thread.currentThread());
          context.complete(MDC.getCopyOfContextMap());
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(context.get(60, TimeUnit.SECONDS)).containsEntry("connector.context", "[c|task-3] ");
    assertThat(ahead.busy()).contains(thread.get());
    assertThat(thread.get().getName()).isEqualTo("task-ahead-c-3");
    goOn.countDown();
    assertThat(thread.get().join(Duration.ofSeconds(60))).as("it has ended").isTrue();
    assertThat(ahead.busy()).isEmpty();
  }
}
