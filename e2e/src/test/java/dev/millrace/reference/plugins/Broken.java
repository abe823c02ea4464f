package dev.millrace.reference.plugins;

import java.util.List;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.apache.kafka.connect.transforms.Filter;
import org.apache.kafka.connect.transforms.predicates.RecordIsTombstone;

/** Plugins that cannot be made, each for another reason. */
public final class Broken {

  private Broken() {}

  /** Those that a service manifest may name all the same. */
  public static List<Class<?>> converters() {
    return List.of(
        ThrowingConverter.class,
        UninitialisedConverter.class,
        ClosedConverter.class,
        SilentConverter.class);
  }

  private static boolean fails() {
    throw new IllegalStateException("broken on purpose");
  }

  /** Its constructor throws. */
  public static final class ThrowingConverter extends StringConverter {
    /** Throws. */
    public ThrowingConverter() {
      fails();
    }
  }

  /** Its static initialiser throws. */
  public static final class UninitialisedConverter extends StringConverter {
    private static final boolean FAILED = fails();

    @Override
    public String version() {
      return FAILED ? "1" : "2";
    }
  }

  /** Has no constructor that is public. */
  public static final class ClosedConverter extends StringConverter {
    private ClosedConverter() {}
  }

  /** Has a constructor with a parameter only. */
  public static final class WantingConverter extends StringConverter {
    /** Nobody can call it by a name in a configuration. */
    public WantingConverter(String unused) {}
  }

  /** Does not tell its version. */
  public static final class SilentConverter extends StringConverter {
    @Override
    public String version() {
      throw new IllegalStateException("broken on purpose");
    }
  }

  /** Does not tell its version. */
  public static final class SilentTransform<R extends ConnectRecord<R>> extends Filter<R> {
    @Override
    public String version() {
      throw new IllegalStateException("broken on purpose");
    }
  }

  /** Its constructor throws. */
  public static final class ThrowingHeaderConverter extends SimpleHeaderConverter {
    /** Throws. */
    public ThrowingHeaderConverter() {
      fails();
    }
  }

  /** Its constructor throws. */
  public static final class ThrowingTransform<R extends ConnectRecord<R>> extends Filter<R> {
    /** Throws. */
    public ThrowingTransform() {
      fails();
    }
  }

  /** Its constructor throws. */
  public static final class ThrowingPredicate<R extends ConnectRecord<R>>
      extends RecordIsTombstone<R> {
    /** Throws. */
    public ThrowingPredicate() {
      fails();
    }
  }
}
