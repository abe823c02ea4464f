package dev.millrace.structure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The links of Markdown documents. Reads files; immutable. */
final class Links {
  private static final Pattern FENCE = Pattern.compile("(?s)```.*?```");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s+(.*)$");

  private final Repository repository;

  private Links(Repository repository) {
    this.repository = repository;
  }

  static Links in(Repository repository) {
    return new Links(repository);
  }

  /** Links of a document to what is not in the repository, as {@code file: link}. */
  Stream<String> broken(String document) {
    return LINK.matcher(FENCE.matcher(repository.read(document)).replaceAll(""))
        .results()
        .map(found -> found.group(1))
        .filter(link -> !link.matches("[a-z]+:.*"))
        .filter(link -> !leads(document, link))
        .map(link -> document + ": " + link);
  }

  private boolean leads(String document, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path here = repository.root().resolve(document);
    Path target = path.isEmpty() ? here : here.resolveSibling(path).normalize();
    if (!Files.exists(target) || !target.startsWith(repository.root())) {
      return false;
    }
    boolean plain = hash < 0 || !target.toString().endsWith(".md");
    return plain || anchors(target).contains(link.substring(hash + 1));
  }

  private Set<String> anchors(Path document) {
    String text = repository.read(repository.root().relativize(document).toString());
    return HEADING
        .matcher(FENCE.matcher(text).replaceAll(""))
        .results()
        .map(found -> slug(found.group(1)))
        .collect(Collectors.toSet());
  }

  /** The anchor that renderers make of a heading. */
  private static String slug(String heading) {
    return heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }
}
