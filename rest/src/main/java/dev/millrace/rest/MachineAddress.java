package dev.millrace.rest;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The address under which other machines reach this one. Stateless. */
final class MachineAddress {

  private static final Logger LOG = LoggerFactory.getLogger(MachineAddress.class);

  private MachineAddress() {}

  /**
   * What the host's own name stands for, as it stands in a URI; empty when only this machine knows.
   */
  static Optional<String> find() {
    try {
      return of(InetAddress.getLocalHost());
    } catch (UnknownHostException e) {
      LOG.debug("The name of this machine cannot be resolved", e);
      return Optional.empty();
    }
  }

  /** Empty for addresses that lead elsewhere on other machines, or nowhere. */
  static Optional<String> of(InetAddress address) {
    if (address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()) {
      return Optional.empty();
    }
    var text = address.getHostAddress();
    return Optional.of(address instanceof Inet6Address ? "[" + text + "]" : text);
  }
}
