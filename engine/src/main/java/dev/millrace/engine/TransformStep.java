package dev.millrace.engine;

import java.util.Objects;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/**
 * One transformation of a pipeline, with its condition. Used by one thread at a time.
 *
 * @param <R> SourceRecord or SinkRecord
 */
public final class TransformStep<R extends ConnectRecord<R>> implements AutoCloseable {
  private final String label;
  private final Transformation<R> transformation;
  private final ClassLoader loader;
  private final Condition<R> condition;

  private TransformStep(
      String label, Transformation<R> transformation, ClassLoader loader, Condition<R> condition) {
    this.label = Objects.requireNonNull(label, "label");
    this.transformation = Objects.requireNonNull(transformation, "transformation");
    this.loader = Objects.requireNonNull(loader, "loader");
    this.condition = condition;
  }

  /** A transformation of every record. */
  public static <R extends ConnectRecord<R>> TransformStep<R> of(
      String label, Transformation<R> transformation, ClassLoader loader) {
    return new TransformStep<>(label, transformation, loader, Condition.always());
  }

  /** The same transformation, of records for which the predicate gives {@code !negate}. */
  public TransformStep<R> when(
      Predicate<R> predicate, boolean negate, ClassLoader predicateLoader) {
    return new TransformStep<>(
        label,
        transformation,
        loader,
        new PredicateCondition<>(predicate, negate, predicateLoader));
  }

  /** The label it has in the {@code transforms} setting. */
  public String label() {
    return label;
  }

  /** The class of the transformation. */
  public Class<?> type() {
    return transformation.getClass();
  }

  /**
   * The transformed record; the record itself where the condition does not hold; null if dropped.
   */
  R apply(R record) {
    return condition.holds(record) ? transformed(record) : record;
  }

  private R transformed(R record) {
    Loaders.use(loader);
    return transformation.apply(record);
  }

  @Override
  public void close() throws Exception {
    try {
      Loaders.run(loader, transformation::close);
    } finally {
      condition.close();
    }
  }

  private sealed interface Condition<R extends ConnectRecord<R>> {
    boolean holds(R record);

    void close() throws Exception;

    static <R extends ConnectRecord<R>> Condition<R> always() {
      return new Always<>();
    }
  }

  private record Always<R extends ConnectRecord<R>>() implements Condition<R> {
    @Override
    public boolean holds(R record) {
      return true;
    }

    @Override
    public void close() {}
  }

  private record PredicateCondition<R extends ConnectRecord<R>>(
      Predicate<R> predicate, boolean negate, ClassLoader loader) implements Condition<R> {
    @Override
    public boolean holds(R record) {
      Loaders.use(loader);
      return predicate.test(record) != negate;
    }

    @Override
    public void close() throws Exception {
      Loaders.run(loader, predicate::close);
    }
  }
}
