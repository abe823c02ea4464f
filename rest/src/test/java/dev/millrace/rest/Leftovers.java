package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import javax.management.ObjectName;

/**
 * What the process had before workers lived in it, to compare with what it has afterwards. Used by
 * one thread, by tests that run alone.
 */
final class Leftovers {

  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Set<String> DOMAINS =
      Set.of("kafka.connect", "kafka.producer", "kafka.consumer", "kafka.admin.client");

  private final Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
  private final Set<ObjectName> beans = beans();
  private final long files = files();
  private final List<WeakReference<Object>> objects = new ArrayList<>();

  /** The object must be garbage in the end. */
  void watch(Object object) {
    objects.add(new WeakReference<>(object));
  }

  private static Set<ObjectName> beans() {
    return new HashSet<>(ManagementFactory.getPlatformMBeanServer().queryNames(null, null));
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  /**
   * Waits until there is nothing more than before.
   *
   * @param spareFiles files and sockets that others, such as a broker, may have opened
   */
  void awaitNone(int spareFiles) {
    await("threads", () -> moreThreads().isEmpty(), () -> moreThreads().toString());
    await("MBeans", () -> moreBeans().isEmpty(), () -> moreBeans().toString());
    await("garbage", this::allGarbage, () -> "objects that are still there");
    await("files", () -> files() <= files + spareFiles, () -> files + " became " + files());
  }

  private Set<String> moreThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !threads.contains(thread) && !ofJvm(thread))
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  /** The carriers of virtual threads and what serves them. */
  private static boolean ofJvm(Thread thread) {
    var name = thread.getName();
    return name.startsWith("ForkJoinPool")
        || name.startsWith("VirtualThread-unblocker")
        || name.startsWith("process reaper")
        || name.startsWith("CompletableFutureDelayScheduler")
        || name.startsWith("Read-Poller")
        || name.startsWith("Write-Poller")
        || name.contains("-Poller");
  }

  private Set<ObjectName> moreBeans() {
    var more = beans();
    more.removeAll(beans);
    more.removeIf(name -> !DOMAINS.contains(name.getDomain())); // a broker has others
    return more;
  }

  private boolean allGarbage() {
    System.gc();
    return objects.stream().allMatch(object -> object.get() == null);
  }

  private static void await(
      String what, BooleanSupplier gone, java.util.function.Supplier<String> left) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!gone.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(() -> "%s left behind: %s".formatted(what, left.get()))
          .isLessThan(end);
      LockSupport.parkNanos(50_000_000);
    }
  }
}
