package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a process holds, from the kernel's tables.
 *
 * @param threads of the operating system
 * @param connections established TCP connections to the broker
 * @param rssBytes resident memory
 * @param heapBytes used heap after a collection
 */
record Footprint(int threads, int connections, long rssBytes, long heapBytes) {

  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
  private static final String ESTABLISHED = "01";

  /** Threads, connections and memory now; the heap afterwards, since that collects garbage. */
  static Footprint of(JvmProcess process, int brokerPort) throws IOException, InterruptedException {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    String status = Files.readString(proc.resolve("status"));
    int connections = connections(proc, brokerPort);
    return new Footprint(
        (int) number(status, "Threads"),
        connections,
        number(status, "VmRSS") << 10,
        process.heapAfterCollection());
  }

  static long number(String status, String key) {
    var found = Pattern.compile("(?m)^" + key + ":\\s+(\\d+)").matcher(status);
    if (!found.find()) throw new IllegalArgumentException("no " + key + " in " + status);
    return Long.parseLong(found.group(1));
  }

  private static int connections(Path proc, int port) throws IOException {
    Set<String> own = sockets(proc.resolve("fd"));
    int count = 0;
    for (String table : new String[] {"net/tcp", "net/tcp6"}) {
      for (String line : Files.readAllLines(proc.resolve(table))) {
        if (isConnection(line, port, own)) count++;
      }
    }
    return count;
  }

  /** A line has: number, local and remote address, state, …, and the inode as its tenth field. */
  static boolean isConnection(String line, int port, Set<String> inodes) {
    String[] fields = line.strip().split("\\s+", -1);
    return fields.length > 9
        && fields[3].equals(ESTABLISHED)
        && fields[2].endsWith(":%04X".formatted(port))
        && inodes.contains(fields[9]);
  }

  private static Set<String> sockets(Path folder) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        var socket = SOCKET.matcher(target(file));
        if (socket.matches()) inodes.add(socket.group(1));
      }
    }
    return inodes;
  }

  /** A descriptor may be closed meanwhile. */
  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
