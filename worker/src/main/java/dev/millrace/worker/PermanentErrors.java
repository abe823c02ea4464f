package dev.millrace.worker;

import dev.millrace.plugins.PluginException;
import java.util.Collections;
import java.util.IdentityHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;

/** Errors that come again, however often the work is restarted: somebody has to mend something. */
final class PermanentErrors {

  /** What Kafka's clients say, by the same type as of a wrong setting, when a name server fails. */
  private static final String UNRESOLVED = "No resolvable bootstrap urls";

  private PermanentErrors() {}

  /** Whether the error or one of its causes is a wrong setting, or something not installed. */
  @SuppressWarnings("CatchingUnchecked") // a plugin's exception may throw anything, also sneakily
  static boolean contains(Throwable error) {
    try {
      return inChain(error);
    } catch (Throwable e) {
      return false;
    }
  }

  /** Whether a Kafka client could not be made because a name server did not know its brokers. */
  static boolean isUnresolved(KafkaException error) {
    return error.getCause() instanceof ConfigException why && passes(why);
  }

  private static boolean inChain(Throwable error) {
    var seen = Collections.newSetFromMap(new IdentityHashMap<Throwable, Boolean>());
    for (var each = error; each != null && seen.add(each); each = each.getCause()) {
      if (isOne(each)) return true;
    }
    return false;
  }

  private static boolean isOne(Throwable error) {
    return (error instanceof ConfigException wrong && !passes(wrong))
        || error instanceof PluginException
        || error instanceof ClassNotFoundException
        || error instanceof LinkageError;
  }

  private static boolean passes(ConfigException error) {
    return error.getMessage() != null && error.getMessage().startsWith(UNRESOLVED);
  }
}
