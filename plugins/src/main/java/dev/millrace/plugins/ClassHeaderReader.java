package dev.millrace.plugins;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Reads the beginnings of class files, of whatever version (JVM specification §4.1, §4.4), and no
 * more than that: what follows, nearly half of a file, need not be unpacked. Used by one scan for
 * one file after the other.
 */
final class ClassHeaderReader {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int ABSTRACT_OR_INTERFACE = 0x0400 | 0x0200;
  private static final int CHUNK = 2_048;

  /** No index of a file: reading there fails. */
  private static final int NOWHERE = Integer.MIN_VALUE;

  private InputStream in = InputStream.nullInputStream();

  /** What has been read of the file, up to {@link #end}. */
  private byte[] file = new byte[64 * 1024];

  private int end;
  private int position;

  /** Of each entry of the constant pool, where it begins; of {@link #entries}. */
  private int[] places = new int[1_024];

  private int entries;

  /**
   * The header of a class file; the stream is read as far as needed, and not closed.
   *
   * @throws IOException when these are no bytes of a class file
   */
  ClassHeader read(InputStream classFile) throws IOException {
    in = classFile;
    end = 0;
    position = 0;
    try {
      return header();
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("the class file is damaged", e);
    }
  }

  private ClassHeader header() throws IOException {
    if (number(4) != MAGIC) throw new IOException("this is no class file");
    skip(4); // version
    readPool();
    int access = number(2);
    String name = className(number(2));
    List<String> parents = new ArrayList<>();
    int parent = number(2);
    if (parent != 0) parents.add(className(parent));
    for (int i = number(2); i > 0; i--) {
      parents.add(className(number(2)));
    }
    return new ClassHeader(name, parents, (access & ABSTRACT_OR_INTERFACE) == 0);
  }

  private void readPool() throws IOException {
    entries = number(2);
    if (places.length < entries) places = new int[entries];
    Arrays.fill(places, 0, entries, NOWHERE);
    for (int i = 1; i < entries; i++) {
      places[i] = position;
      int tag = number(1);
      skip(size(tag));
      if (tag == 5 || tag == 6) i++; // long and double take two numbers
    }
  }

  /** The bytes of an entry after its tag. */
  private int size(int tag) throws IOException {
    return switch (tag) {
      case 1 -> number(2); // a text after its length
      case 7, 8, 16, 19, 20 -> 2;
      case 15 -> 3;
      case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
      case 5, 6 -> 8;
      default -> throw new IOException("a constant of the unknown kind " + tag);
    };
  }

  private String className(int index) {
    return text(unsigned(place(index) + 1));
  }

  private String text(int index) {
    int place = place(index);
    return new String(file, place + 3, unsigned(place + 1), StandardCharsets.UTF_8);
  }

  private int place(int index) {
    return places[Objects.checkIndex(index, entries)];
  }

  private int unsigned(int place) {
    return (file[place] & 0xff) << 8 | (file[place + 1] & 0xff);
  }

  private int number(int bytes) throws IOException {
    require(bytes);
    int result = 0;
    for (int i = 0; i < bytes; i++) {
      result = result << 8 | (file[position++] & 0xff);
    }
    return result;
  }

  private void skip(int bytes) throws IOException {
    require(bytes);
    position += bytes;
  }

  private void require(int bytes) throws IOException {
    int wanted = position + bytes;
    if (wanted > file.length) file = Arrays.copyOf(file, 2 * wanted);
    while (end < wanted) {
      int most = Math.min(file.length - end, Math.max(CHUNK, wanted - end));
      int count = in.read(file, end, most);
      if (count < 0) throw new EOFException("the class file ends early");
      end += count;
    }
  }
}
