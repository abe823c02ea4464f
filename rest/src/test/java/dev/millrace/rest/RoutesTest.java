package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {

  @Test
  void areAllInTheDocumentation() throws IOException {
    var page = Files.readString(Path.of("..", "docs", "rest.md"));
    assertThat(Routes.of(new InMemoryWorker(), RestSettings.of(Map.of()), Peers.client()))
        .allSatisfy(
            route -> assertThat(page).contains("`" + route.method() + " " + route.path() + "`"));
  }

  @Test
  void areEachThereOnce() {
    assertThat(Routes.of(new InMemoryWorker(), RestSettings.of(Map.of()), Peers.client()))
        .extracting(route -> route.method() + " " + route.path())
        .doesNotHaveDuplicates();
  }
}
