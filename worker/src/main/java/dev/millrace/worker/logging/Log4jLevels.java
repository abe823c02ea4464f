package dev.millrace.worker.logging;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;

/** Levels in Log4j. Changes are guarded by a lock of this object. */
public final class Log4jLevels implements LogLevels {

  private final InstantSource clock;
  private final Map<String, Long> changedAt = new ConcurrentHashMap<>();
  private final ReentrantLock changing = new ReentrantLock();

  private Log4jLevels(InstantSource clock) {
    this.clock = clock;
  }

  /** The process's levels; none can be seen or changed when another backend than Log4j writes. */
  public static LogLevels ofProcess(InstantSource clock) {
    try {
      return LogManager.getContext(false) instanceof LoggerContext
          ? new Log4jLevels(clock)
          : new NoLevels();
    } catch (LinkageError e) { // Log4j's core is not there
      return new NoLevels();
    }
  }

  private static LoggerContext context() {
    return (LoggerContext) LogManager.getContext(false);
  }

  @Override
  public SortedMap<String, LogLevel> all() {
    var all = new TreeMap<String, LogLevel>();
    levels()
        .forEach(
            (name, level) -> {
              if (!level.equals(Level.OFF)) all.put(name, view(name, level));
            });
    return all;
  }

  @Override
  public Optional<LogLevel> of(String logger) {
    var name = canonical(logger);
    return Optional.ofNullable(levels().get(name)).map(level -> view(name, level));
  }

  private LogLevel view(String name, Level level) {
    return new LogLevel(level.toString(), changedAt.getOrDefault(name, 0L));
  }

  /** Of loggers that exist and of those that the configuration names. */
  private static SortedMap<String, Level> levels() {
    var levels = new TreeMap<String, Level>();
    var context = context();
    levels.put(ROOT, context.getConfiguration().getRootLogger().getLevel());
    context
        .getConfiguration()
        .getLoggers()
        .forEach((name, config) -> levels.put(canonical(name), config.getLevel()));
    context.getLoggers().forEach(l -> levels.put(canonical(l.getName()), l.getLevel()));
    return levels;
  }

  private static String canonical(String name) {
    return name.isEmpty() || name.equalsIgnoreCase(ROOT) ? ROOT : name;
  }

  @Override
  public boolean isLevel(String level) {
    return !level.isBlank() && Level.getLevel(level.toUpperCase(Locale.ROOT)) != null;
  }

  @Override
  public List<String> set(String logger, String level) {
    changing.lock();
    try {
      return change(canonical(logger), Level.valueOf(level.toUpperCase(Locale.ROOT)));
    } finally {
      changing.unlock();
    }
  }

  private List<String> change(String name, Level level) {
    if (!name.equals(ROOT)) context().getLogger(name); // so that it is known from now on
    var before = levels();
    configure(name, level, before);
    var changed = new ArrayList<String>();
    levels()
        .forEach(
            (each, now) -> {
              boolean below = name.equals(ROOT) || each.startsWith(name);
              if (below && !now.equals(before.get(each))) changed.add(each);
            });
    changed.sort(null);
    changed.forEach(each -> changedAt.put(each, clock.millis()));
    return changed;
  }

  private static void configure(String name, Level level, Map<String, Level> known) {
    var context = context();
    var configuration = context.getConfiguration();
    if (name.equals(ROOT)) {
      configuration.getRootLogger().setLevel(level);
      configuration.getLoggers().values().forEach(config -> config.setLevel(level));
    } else {
      known.keySet().stream()
          .filter(each -> each.startsWith(name) && !each.equals(ROOT))
          .forEach(each -> own(configuration, each).setLevel(level));
      own(configuration, name).setLevel(level);
    }
    context.updateLoggers();
  }

  private static LoggerConfig own(Configuration configuration, String name) {
    var config = configuration.getLoggers().get(name);
    if (config != null) return config;
    var fresh = new LoggerConfig(name, null, true);
    configuration.addLogger(name, fresh);
    return fresh;
  }
}
