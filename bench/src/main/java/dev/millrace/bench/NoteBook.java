package dev.millrace.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what connectors have noted of themselves. Used by one thread. */
final class NoteBook {

  /**
   * One event.
   *
   * @param what {@code connector-start}, {@code connector-stop}, {@code task-start}, {@code
   *     task-stop}, or {@code task-paused} for a task that was not polled for long
   * @param value the configuration's {@code bench.value}
   */
  record Note(long millis, String what, String connector, String value, long pid) {
    static Note of(String line) {
      String[] parts = line.split(" ", -1);
      return new Note(
          Long.parseLong(parts[0]), parts[1], parts[2], parts[4], Long.parseLong(parts[5]));
    }

    boolean is(String kind) {
      return what.equals(kind);
    }
  }

  private final Path folder;
  private final Map<Path, Long> read = new HashMap<>();
  private final List<Note> notes = new ArrayList<>();

  NoteBook(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  Path folder() {
    return folder;
  }

  /** All notes until now, in the order of time. */
  List<Note> all() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.notes")) {
      for (Path file : files) readOn(file);
    }
    notes.sort(Comparator.comparingLong(Note::millis)); // stable: a file's order is kept
    return List.copyOf(notes);
  }

  private void readOn(Path file) throws IOException {
    long from = read.getOrDefault(file, 0L);
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) (in.length() - from)];
      in.seek(from);
      in.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      whole.lines().map(Note::of).forEach(notes::add);
      read.put(file, from + whole.length());
    }
  }

  /** Notes from that moment on. */
  List<Note> since(long millis) throws IOException {
    return all().stream().filter(note -> note.millis() >= millis).toList();
  }

  /**
   * The processes in which each connector's task runs now, by what was noted.
   *
   * @param dead a process that was killed and could note nothing of it; 0 for none
   */
  Map<String, Long> running(long dead) throws IOException {
    Map<String, Long> running = new TreeMap<>();
    for (Note note : all()) {
      if (note.is("task-start")) running.put(note.connector(), note.pid());
      if (note.is("task-stop")) running.remove(note.connector(), note.pid());
    }
    running.values().removeIf(pid -> pid == dead);
    return running;
  }

  /** When the last of these began that there are so far. */
  long last(String what) throws IOException {
    return all().stream().filter(n -> n.is(what)).mapToLong(Note::millis).max().orElse(0);
  }
}
