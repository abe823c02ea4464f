package dev.millrace.plugins;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a class file says about the class's place among others; its code is not looked at. Names are
 * internal, with slashes. Immutable.
 *
 * @param parents the superclass and the interfaces
 * @param concrete neither abstract nor an interface
 */
record ClassHeader(String name, List<String> parents, boolean concrete) {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int ABSTRACT_OR_INTERFACE = 0x0400 | 0x0200;

  /**
   * Reads the beginning of a class file, of whatever version (JVM specification §4.1, §4.4).
   *
   * @throws IOException when these are no bytes of a class file
   */
  static ClassHeader of(byte[] classFile) throws IOException {
    try {
      return new Reader(classFile).header();
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IOException("the class file ends early or is damaged", e);
    }
  }

  /** One pass over one file. */
  private static final class Reader {

    private final byte[] file;
    private final ByteBuffer bytes;

    /** Of each entry of the constant pool, where it begins. */
    private int[] places = {};

    Reader(byte[] file) {
      this.file = file;
      this.bytes = ByteBuffer.wrap(file);
    }

    ClassHeader header() throws IOException {
      if (bytes.getInt() != MAGIC) throw new IOException("this is no class file");
      skip(4); // version
      readPool();
      int access = unsigned();
      String name = className(unsigned());
      List<String> parents = new ArrayList<>();
      int parent = unsigned();
      if (parent != 0) parents.add(className(parent));
      for (int i = unsigned(); i > 0; i--) {
        parents.add(className(unsigned()));
      }
      return new ClassHeader(name, parents, (access & ABSTRACT_OR_INTERFACE) == 0);
    }

    private void readPool() throws IOException {
      places = new int[unsigned()];
      for (int i = 1; i < places.length; i++) {
        places[i] = bytes.position();
        int tag = bytes.get();
        skip(size(tag));
        if (tag == 5 || tag == 6) i++; // long and double take two numbers
      }
    }

    /** The bytes of an entry after its tag. */
    private int size(int tag) throws IOException {
      return switch (tag) {
        case 1 -> unsigned(); // a text after its length
        case 7, 8, 16, 19, 20 -> 2;
        case 15 -> 3;
        case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
        case 5, 6 -> 8;
        default -> throw new IOException("a constant of the unknown kind " + tag);
      };
    }

    private String className(int index) {
      return text(bytes.getChar(places[index] + 1));
    }

    private String text(int index) {
      int length = bytes.getChar(places[index] + 1);
      return new String(file, places[index] + 3, length, StandardCharsets.UTF_8);
    }

    private int unsigned() {
      return bytes.getChar();
    }

    private void skip(int count) {
      if (count > bytes.remaining()) throw new java.nio.BufferUnderflowException();
      bytes.position(bytes.position() + count);
    }
  }
}
