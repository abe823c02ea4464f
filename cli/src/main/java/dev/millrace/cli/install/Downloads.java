package dev.millrace.cli.install;

import java.util.function.Consumer;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;

/** Says what is downloaded. Thread-safe: one line at a time. */
final class Downloads extends AbstractTransferListener {
  private final Consumer<String> say;

  Downloads(Consumer<String> say) {
    this.say = say;
  }

  @Override
  public void transferSucceeded(TransferEvent event) {
    if (event.getRequestType() != TransferEvent.RequestType.GET) return;
    TransferResource resource = event.getResource();
    say.accept(
        "Downloaded from %s: %s (%s)"
            .formatted(
                resource.getRepositoryId(),
                resource.getResourceName(),
                size(event.getTransferredBytes())));
  }

  /** {@code 25.7 MB}. */
  static String size(long bytes) {
    return bytes < 100_000
        ? "%.1f kB".formatted(bytes / 1000.0)
        : "%.1f MB".formatted(bytes / 1_000_000.0);
  }
}
