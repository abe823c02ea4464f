package dev.millrace.engine;

import dev.millrace.model.errors.ErrorSettings;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * How one task handles records that fail.
 *
 * @param settings the {@code errors.*} settings
 * @param reporters makes the reporters; called once on the work's thread before the task starts.
 *     See {@link Reporters}
 */
public record ErrorHandling(ErrorSettings settings, Supplier<List<Reporter>> reporters) {
  /** The default settings and no reporter. */
  public static final ErrorHandling DEFAULT = new ErrorHandling(ErrorSettings.DEFAULT, List::of);

  /** Checks that nothing is missing. */
  public ErrorHandling {
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(reporters, "reporters");
  }
}
