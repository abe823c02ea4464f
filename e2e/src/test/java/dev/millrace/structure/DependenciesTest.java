package dev.millrace.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Each dependency has its line in docs/dependencies.md, and each line its dependency. */
final class DependenciesTest {
  private static final String DOCUMENT = "docs/dependencies.md";
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.:-]+)` \\|");

  private final Repository repository = Repository.here();

  @Test
  void everyDependencyIsExplained() {
    Set<String> explained =
        ROW.matcher(repository.read(DOCUMENT))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> used =
        Stream.concat(Stream.of("pom.xml"), repository.filesEndingIn("/pom.xml").stream())
            .flatMap(this::dependencies)
            .filter(artifact -> !artifact.startsWith("dev.millrace:"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(explained)
        .as("%s has one row for each dependency of the poms", DOCUMENT)
        .isEqualTo(used);
  }

  /** Direct dependencies of a module as group:artifact; those only managed do not count. */
  private Stream<String> dependencies(String pom) {
    try {
      Element project =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(repository.root().resolve(pom).toFile())
              .getDocumentElement();
      return children(project, "dependencies")
          .flatMap(list -> children(list, "dependency"))
          .map(d -> text(d, "groupId") + ":" + text(d, "artifactId"));
    } catch (IOException | ParserConfigurationException | SAXException e) {
      throw new IllegalStateException("reading " + pom, e);
    }
  }

  private static Stream<Element> children(Element parent, String name) {
    return IntStream.range(0, parent.getChildNodes().getLength())
        .mapToObj(i -> parent.getChildNodes().item(i))
        .filter(node -> node.getNodeType() == Node.ELEMENT_NODE && node.getNodeName().equals(name))
        .map(Element.class::cast);
  }

  private static String text(Element parent, String name) {
    return children(parent, name).findFirst().orElseThrow().getTextContent().strip();
  }
}
