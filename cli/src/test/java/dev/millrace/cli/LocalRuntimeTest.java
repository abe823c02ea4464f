package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that come to nothing; no Kafka is there. */
final class LocalRuntimeTest {
  private static final String ANY_PORT = "http://127.0.0.1:0";

  @TempDir private Path data;

  @Test
  void aSecondOneThatIsRefusedLeavesTheAddressesOfTheFirst() throws IOException {
    Addresses.write(data, "http://127.0.0.1:1", "127.0.0.1:2");
    try (FileChannel channel =
            FileChannel.open(
                data.resolve("config.log"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock first = channel.tryLock()) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> start(ANY_PORT))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("another worker uses it");
    }
    assertThat(data.resolve(Addresses.REST)).hasContent("http://127.0.0.1:1");
    assertThat(data.resolve(Addresses.KAFKA)).hasContent("127.0.0.1:2");
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "http://127.0.0.1:" + taken.getLocalPort();
      assertThatThrownBy(() -> start(address))
          .isInstanceOf(CommandFailure.class)
          .hasMessageStartingWith("The worker did not start: Cannot listen on " + address);
    }
  }

  private LocalRuntime start(String listeners) {
    Map<String, String> properties =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:1",
            "millrace.data.dir",
            data.toString(),
            "listeners",
            listeners);
    return LocalRuntime.start(properties, Map.of(), data, new Stop());
  }
}
