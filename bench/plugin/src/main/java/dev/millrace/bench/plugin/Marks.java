package dev.millrace.bench.plugin;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Figures of this process when a number of records has passed, as lines of a file: records,
 * nanoseconds of the clock, processor nanoseconds of the process and of the task's threads, bytes
 * allocated by all threads and by the task's. Threads that work for the task beside its own count
 * too, and threads that have ended: what they needed up to the last look is kept, and there is one
 * every {@value #LOOK_EVERY} records. Owned by the thread that counts.
 */
public final class Marks {

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long LOOK_EVERY = 20_000;

  private final Path file;
  private final List<Long> at;
  private final String owner;
  private final Map<Long, Needed> threads = new HashMap<>();
  private long nextLook;
  private int next;

  /** Processor nanoseconds and allocated bytes of a thread so far, and whether it is the task's. */
  private record Needed(long cpuNanos, long bytes, boolean ours) {}

  /**
   * No marks yet.
   *
   * @param settings {@code marks.file}; {@code marks.at}, numbers of records in ascending order
   * @param owner the connector; all threads that work for its task have names that begin with
   *     {@code task-} and have this in them
   */
  public Marks(Map<String, String> settings, String owner) {
    this.file = Path.of(settings.get("marks.file"));
    this.at =
        List.of(settings.get("marks.at").split(",")).stream().map(Long::valueOf).sorted().toList();
    this.owner = owner;
  }

  /** So many records have passed; whether this was the last mark. */
  public boolean passed(long records) {
    if (records >= nextLook && next < at.size()) {
      look();
      nextLook = records + LOOK_EVERY;
    }
    if (next < at.size() && records >= at.get(next)) {
      write(records);
      while (next < at.size() && records >= at.get(next)) next++;
    }
    return next == at.size();
  }

  private void write(long records) {
    look();
    String line =
        String.format(
            Locale.ROOT,
            "%d %d %d %d %d %d%n",
            records,
            System.nanoTime(),
            PROCESS.getProcessCpuTime(),
            ours().mapToLong(Needed::cpuNanos).sum(),
            threads.values().stream().mapToLong(Needed::bytes).sum(),
            ours().mapToLong(Needed::bytes).sum());
    try {
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look() {
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread == null) continue;
      long id = thread.getThreadId();
      long cpu = THREADS.getThreadCpuTime(id);
      long bytes = THREADS.getThreadAllocatedBytes(id);
      boolean alive = cpu >= 0 && bytes >= 0;
      if (alive) threads.put(id, new Needed(cpu, bytes, ours(thread.getThreadName())));
    }
  }

  private Stream<Needed> ours() {
    return threads.values().stream().filter(Needed::ours);
  }

  private boolean ours(String name) {
    return name.startsWith("task-") && name.contains(owner);
  }
}
