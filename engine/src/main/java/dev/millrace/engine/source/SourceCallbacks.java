package dev.millrace.engine.source;

import dev.millrace.engine.Loaders;
import dev.millrace.engine.OffsetsContext;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls back into a source task about its records. Exceptions of the task are logged and
 * swallowed, as the contract of these methods says; an Error is kept and fails the task at {@link
 * #check}. Thread-safe.
 */
final class SourceCallbacks {
  private static final Logger LOG = LoggerFactory.getLogger(SourceCallbacks.class);

  private final SourceSetup setup;
  private final SourceTask task;
  private final AtomicReference<Error> broken = new AtomicReference<>();

  SourceCallbacks(SourceSetup setup, SourceTask task) {
    this.setup = setup;
    this.task = task;
  }

  /** One record is done with; metadata is null when it was not written. */
  @SuppressWarnings("CatchingUnchecked") // plugin code may throw anything, also sneakily
  void commitRecord(SourceRecord record, RecordMetadata metadata) {
    ClassLoader before = Loaders.enter(setup.plugin().loader());
    try {
      task.commitRecord(record, metadata);
    } catch (Exception e) {
      ignored("commitRecord", e);
    } catch (Error e) {
      broken.compareAndSet(null, e);
    } finally {
      Loaders.leave(before);
    }
  }

  /** A commit of offsets succeeded. */
  @SuppressWarnings("CatchingUnchecked") // as above
  void commit() {
    try {
      Loaders.run(setup.plugin().loader(), () -> OffsetsContext.run(task::commit));
    } catch (Exception e) {
      ignored("commit", e);
    } catch (Error e) {
      broken.compareAndSet(null, e);
    }
  }

  /** Throws what broke in a callback. */
  void check() {
    Error error = broken.get();
    if (error != null) {
      throw error;
    }
  }

  private void ignored(String method, Exception error) {
    LOG.error(
        "{}: {}() of the task threw an exception, which is ignored: {}",
        setup.name(),
        method,
        setup.environment().trace(error));
  }
}
