package dev.millrace.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

/**
 * Where a measurement takes place.
 *
 * @param root the checkout
 * @param folder for settings, data and output
 */
record Place(Path root, Path folder, Path pluginPath, String bootstrapServers) {

  int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
