package dev.millrace.testkit.mutations;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The project's classes, one of them compiled from another source. They share nothing with those of
 * the class path, so that any number of versions can be there.
 */
final class MutatedClasses extends ClassLoader {
  private static final String OURS = "dev.millrace.";

  static {
    registerAsParallelCapable();
  }

  private final Path compiled;

  private MutatedClasses(Path compiled) {
    super(MutatedClasses.class.getClassLoader());
    this.compiled = compiled;
  }

  /**
   * Compiles the class anew.
   *
   * @param folder an empty one
   */
  static MutatedClasses with(String className, String source, Path folder) {
    var messages = new StringWriter();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    boolean done =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("-nowarn", "-proc:none", "-cp", path, "-d", folder.toString()),
                null,
                List.of(new Source(className, source)))
            .call();
    if (!done) throw new AssertionError(className + " cannot be compiled any more:\n" + messages);
    return new MutatedClasses(folder);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) return super.loadClass(name, resolve);
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream original = getParent().getResourceAsStream(file)) {
      var newer = compiled.resolve(file);
      if (!Files.exists(newer) && original == null) throw new ClassNotFoundException(name);
      byte[] bytes = Files.exists(newer) ? Files.readAllBytes(newer) : original.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(
          URI.create("string:///" + className.replace('.', '/') + ".java"),
          JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
