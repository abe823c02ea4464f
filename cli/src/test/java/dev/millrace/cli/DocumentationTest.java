package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The page of the commands names every command and every option. */
final class DocumentationTest {

  @Test
  void everyCommandAndOptionIsDocumented() throws IOException {
    String page = Files.readString(repository().resolve("docs/cli.md"));
    CommandLine all =
        Main.commandLine(
            new Outside(System.out, System.err, false, Map.of(), Path.of(""), "", new Stop()));
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(page).contains("\n## " + name + "\n");
              Stream.concat(Stream.of(command), command.getSubcommands().values().stream())
                  .flatMap(each -> each.getCommandSpec().options().stream())
                  .forEach(option -> assertThat(page).contains("`" + option.longestName()));
            });
  }

  @Test
  void theReadmeNamesFilesThatExist() throws IOException {
    String readme = Files.readString(repository().resolve("README.md"));
    var links = java.util.regex.Pattern.compile("]\\(([^):]+)\\)").matcher(readme);
    while (links.find()) {
      assertThat(repository().resolve(links.group(1))).exists();
    }
  }

  @Test
  void theReadmeShowsTheExample() throws IOException {
    String readme = Files.readString(repository().resolve("README.md"));
    String shown = readme.substring(readme.indexOf("```yaml\n") + 8);
    shown = shown.substring(0, shown.indexOf("```"));
    assertThat(shown.lines().toList())
        .isSubsetOf(Files.readAllLines(repository().resolve(Demo.FILE)));
  }

  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve(Demo.FILE))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
