package dev.millrace.worker;

import dev.millrace.plugins.PluginException;
import java.util.Collections;
import java.util.IdentityHashMap;
import org.apache.kafka.common.config.ConfigException;

/** Errors that come again, however often the work is restarted: somebody has to mend something. */
final class PermanentErrors {

  private PermanentErrors() {}

  /** Whether the error or one of its causes is a wrong setting, or something not installed. */
  static boolean contains(Throwable error) {
    var seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
    for (var each = error; each != null && seen.add(each); each = each.getCause()) {
      if (isOne(each)) return true;
    }
    return false;
  }

  private static boolean isOne(Throwable error) {
    return error instanceof ConfigException
        || error instanceof PluginException
        || error instanceof ClassNotFoundException
        || error instanceof LinkageError;
  }
}
