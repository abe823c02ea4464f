package dev.millrace.kafka.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.kafka.Reminder;
import dev.millrace.model.Fact;
import dev.millrace.model.Membership;
import dev.millrace.model.Rejection;
import dev.millrace.model.control.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The config log of a worker that is alone, in a file; and the group of one that goes with it. One
 * line of JSON per batch: {@code [[key,value],…]} in the form of the config topic, so that a batch
 * is there completely or not at all. A batch is on the disk before it is confirmed.
 *
 * <p>Everything runs on one thread of its own. Two workers never share a file: the data directory
 * is locked before the log is opened.
 */
public final class FileConfigLog implements ConfigLog {

  private static final Logger LOG = LoggerFactory.getLogger(FileConfigLog.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CLOSE_SECONDS = 10;

  private final Path file;
  private final String member;
  private final FactDecoder decoder = new FactDecoder();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "config-log"));
  private Consumer<Event> events = event -> {};
  private Consumer<Throwable> failed = error -> {};
  private FileChannel channel;

  /** Kept: a lock that nobody refers to is not seen by others of this process any more. */
  private FileLock lock;

  private long written; // bytes of the file that are whole batches
  private volatile Optional<Rejection> refusal = Optional.empty();
  private final Reminder reminder = new Reminder();
  private long end = -1;
  private long lastFact =
      -1; // offset that whoever reads the facts can reach; records after it tell none
  private int claims;

  /**
   * A log in this file, which need not exist yet.
   *
   * @param member id of the only member of the group
   */
  public FileConfigLog(Path file, String member) {
    this.file = file;
    this.member = member;
  }

  @Override
  public void start(Consumer<Event> receiver, Consumer<Throwable> failure) {
    run(
        () -> {
          events = receiver;
          failed = failure;
          open();
          events.accept(
              new Event.Joined(
                  new Membership(1, member, new TreeSet<>(List.of(member)), lastFact)));
        });
  }

  @Override
  public void claim(int generation) {
    run(() -> events.accept(new Event.Claimed(generation, ++claims, lastFact)));
  }

  @Override
  public void append(int claim, long proposal, List<Fact> facts) {
    run(
        () -> {
          if (claim != claims) return; // shut out
          var records = facts.stream().flatMap(f -> FactEncoder.encode(f).stream()).toList();
          try {
            write(records);
          } catch (IOException e) {
            refused(proposal, e);
            return;
          }
          if (refusal.isPresent()) LOG.info("{} can be written again", file);
          refusal = Optional.empty();
          records.forEach(this::read);
          events.accept(new Event.Appended(proposal, lastFact));
        });
  }

  /** As when the disk is full: the leader tells who asked, and tries again. */
  private void refused(long proposal, IOException error) {
    var why =
        new Rejection(
            Rejection.Code.UNAVAILABLE,
            "The config log %s cannot be written: %s".formatted(file, error.getMessage()),
            "See that its disk has room and works; the worker goes on by itself then");
    refusal = Optional.of(why);
    if (reminder.due(why.message())) LOG.error("{}. {}", why.message(), why.hint());
    events.accept(new Event.WriteRefused(why));
    events.accept(new Event.AppendFailed(proposal, cutBack(), Map.of()));
  }

  @Override
  public String blocked() {
    return refusal.map(why -> why.message() + ". " + why.hint() + ".").orElse("");
  }

  @Override
  public void close() {
    thread.execute(this::closeFile);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("Config log {} did not close within {} s", file, CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private void run(Step step) {
    if (thread.isShutdown()) return;
    thread.execute(
        () -> {
          try {
            step.run();
          } catch (IOException | RuntimeException e) {
            failed.accept(
                new IllegalStateException(
                    "Config log " + file + " cannot be used: " + e.getMessage(), e));
          }
        });
  }

  private void open() throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!locked()) {
      throw new IOException(
          "another worker uses it; stop that one, or choose another data directory");
    }
    byte[] content = content(channel);
    int complete = lastLineEnd(content);
    if (complete < content.length) {
      LOG.warn(
          "{}: the last {} bytes are an unfinished write and are dropped",
          file,
          content.length - complete);
    }
    var text = new String(content, 0, complete, StandardCharsets.UTF_8);
    int number = 0;
    for (var line : text.lines().toList()) readLine(++number, line);
    written = complete;
    channel.truncate(complete);
    channel.position(complete);
  }

  /** By this channel: closing another one on the file would give the lock up. */
  private static byte[] content(FileChannel channel) throws IOException {
    var content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (content.hasRemaining() && channel.read(content) >= 0) {}
    return Arrays.copyOf(content.array(), content.position());
  }

  /** Held until the channel is closed or the process ends. */
  private boolean locked() throws IOException {
    try {
      lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // by a worker of this JVM
    }
  }

  private static int lastLineEnd(byte[] content) {
    int at = content.length;
    while (at > 0 && content[at - 1] != '\n') at--;
    return at;
  }

  private void readLine(int number, String line) throws IOException {
    JsonNode batch;
    try {
      batch = JSON.readTree(line);
    } catch (IOException e) {
      throw new IOException("line " + number + " is damaged: " + e.getMessage(), e);
    }
    for (var record : batch) {
      String value = record.get(1).isNull() ? null : record.get(1).asText();
      read(new FactRecord(record.get(0).asText(), value));
    }
  }

  private void read(FactRecord record) {
    end++;
    Optional<Fact> fact;
    try {
      fact = decoder.decode(record);
    } catch (IllegalArgumentException e) {
      LOG.error("{}: record {} is skipped: {}", file, end, e.getMessage());
      return;
    }
    long offset = end;
    fact.ifPresent(
        f -> {
          lastFact = offset;
          events.accept(new Event.FactRead(offset, f));
        });
  }

  /** All of the batch, behind whole batches only; what fails is cut back. */
  private void write(List<FactRecord> records) throws IOException {
    var rows = records.stream().map(r -> Arrays.asList(r.key(), r.value())).toList();
    var line =
        ByteBuffer.wrap((JSON.writeValueAsString(rows) + "\n").getBytes(StandardCharsets.UTF_8));
    int length = line.remaining();
    if (channel.position() != written) toWhole();
    while (line.hasRemaining()) channel.write(line);
    channel.force(false);
    written += length;
  }

  private void toWhole() throws IOException {
    channel.truncate(written);
    channel.position(written);
    channel.force(true);
  }

  /** Takes away what was written of a batch; whether surely nothing of it is left. */
  private boolean cutBack() {
    try {
      toWhole();
      return true;
    } catch (IOException e) { // tried again before the next batch
      LOG.debug("{} could not be cut back", file, e);
      return false;
    }
  }

  private void closeFile() {
    try {
      if (channel != null) channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + file, e);
    }
  }
}
