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
import java.util.List;
import java.util.Locale;

/**
 * Figures of this process when a number of records has passed, as lines of a file: records,
 * nanoseconds of the clock, processor nanoseconds of the process and of the task's threads, bytes
 * allocated by the process and by the task's threads. Owned by the thread that counts.
 */
public final class Marks {

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Path file;
  private final List<Long> at;
  private final String owner;
  private int next;

  /**
   * No marks yet.
   *
   * @param settings {@code marks.file}; {@code marks.at}, numbers of records in ascending order
   * @param owner the connector; its task's threads have names that begin with {@code task-} and
   *     have this in them
   */
  public Marks(java.util.Map<String, String> settings, String owner) {
    this.file = Path.of(settings.get("marks.file"));
    this.at =
        List.of(settings.get("marks.at").split(",")).stream().map(Long::valueOf).sorted().toList();
    this.owner = owner;
  }

  /** So many records have passed; whether this was the last mark. */
  public boolean passed(long records) {
    if (next < at.size() && records >= at.get(next)) {
      write(records);
      while (next < at.size() && records >= at.get(next)) next++;
    }
    return next == at.size();
  }

  private void write(long records) {
    long[] threads = threads();
    String line =
        String.format(
            Locale.ROOT,
            "%d %d %d %d %d %d%n",
            records,
            System.nanoTime(),
            PROCESS.getProcessCpuTime(),
            threads[0],
            THREADS.getTotalThreadAllocatedBytes(),
            threads[1]);
    try {
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processor time and allocated bytes of the task's threads. */
  private long[] threads() {
    long cpu = 0;
    long bytes = 0;
    long[] ids = THREADS.getAllThreadIds();
    for (ThreadInfo thread : THREADS.getThreadInfo(ids)) {
      if (thread != null && ours(thread.getThreadName())) {
        cpu += THREADS.getThreadCpuTime(thread.getThreadId());
        bytes += THREADS.getThreadAllocatedBytes(thread.getThreadId());
      }
    }
    return new long[] {cpu, bytes};
  }

  private boolean ours(String name) {
    return name.startsWith("task-") && name.contains(owner);
  }
}
