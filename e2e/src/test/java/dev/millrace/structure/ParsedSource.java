package dev.millrace.structure;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * What the compiler's parser says of one source file.
 *
 * @param file path below the repository's root
 * @param typeName full name of the file's type
 * @param usesMonitor whether anything in it is synchronized
 */
record ParsedSource(String file, String typeName, boolean usesMonitor, List<Method> methods) {
  /**
   * One method.
   *
   * @param lines from its annotations to its closing brace
   */
  record Method(String name, long lines) {}

  /** Parses the files; nothing is compiled. */
  static List<ParsedSource> of(Repository repository, List<String> files) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<File> inputs = files.stream().map(f -> repository.root().resolve(f).toFile()).toList();
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromFiles(inputs));
      List<ParsedSource> result = new ArrayList<>();
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        result.add(scanned(repository.root(), unit, positions));
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ParsedSource scanned(
      Path root, CompilationUnitTree unit, SourcePositions positions) {
    String file = root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
    Scanner scanner = new Scanner(unit, positions);
    scanner.scan(unit, null);
    String type = Path.of(file).getFileName().toString().replace(".java", "");
    return new ParsedSource(
        file, (unit.getPackageName() + "." + type), scanner.monitor, List.copyOf(scanner.methods));
  }

  /** Confined to the call that makes it. */
  private static final class Scanner extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Method> methods = new ArrayList<>();
    private boolean monitor;

    Scanner(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      long start = positions.getStartPosition(unit, method);
      long end = positions.getEndPosition(unit, method);
      if (start >= 0 && end >= 0) { // a record's implied constructor has none
        LineMap map = unit.getLineMap();
        long lines = map.getLineNumber(end) - map.getLineNumber(start) + 1;
        methods.add(new Method(method.getName().toString(), lines));
      }
      monitor |= method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED);
      return super.visitMethod(method, null);
    }

    @Override
    public Void visitSynchronized(SynchronizedTree block, Void unused) {
      monitor = true;
      return super.visitSynchronized(block, null);
    }
  }
}
