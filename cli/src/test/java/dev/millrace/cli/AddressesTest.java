package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AddressesTest {
  @TempDir private Path data;

  @Test
  void thoseOfOneThatStoppedAreGone() {
    Addresses.write(data, "http://127.0.0.1:1", "127.0.0.1:9").delete();
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void thoseThatAnotherWroteSinceStay() {
    var first = Addresses.write(data, "http://127.0.0.1:1", "127.0.0.1:9");
    Addresses.write(data, "http://127.0.0.1:2", "127.0.0.1:9");
    first.delete();
    assertThat(data.resolve(Addresses.REST)).hasContent("http://127.0.0.1:2");
    assertThat(data.resolve(Addresses.KAFKA)).hasContent("127.0.0.1:9");
  }
}
