package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others are told of where a server is (compat: REST §13). */
class AddressesTest {

  private static final String MACHINE = "192.0.2.7";

  private static Addresses of(Map<String, String> settings, Optional<String> machine) {
    return Addresses.of(RestSettings.of(settings), List.of(8083), List.of(8084), () -> machine);
  }

  @ParameterizedTest
  @CsvSource({
    "http://:8083,         http://127.0.0.1:8083/",
    "http://0.0.0.0:8083,  http://127.0.0.1:8083/",
    "http://[::]:8083,     http://[::1]:8083/"
  })
  void whereItListensOnAllTheMachinesOwn(String listener, String own) {
    var settings = Map.of("listeners", listener, "admin.listeners", "http://:8084");

    var known = of(settings, Optional.of(MACHINE));
    assertThat(known.advertised()).hasToString("http://192.0.2.7:8083/");
    assertThat(known.own()).hasToString(own);
    assertThat(known.admin().orElseThrow()).hasToString("http://127.0.0.1:8084/");
    var ipv6 = of(settings, Optional.of("[2001:db8::1]"));
    assertThat(ipv6.advertised()).hasToString("http://[2001:db8::1]:8083/");
    assertThat(of(settings, Optional.empty()).advertised()).hasToString(own);
  }

  @Test
  void whereItListensOnOneThat() {
    for (var host : List.of("127.0.0.1", "localhost", "worker1", "[::1]")) {
      var settings = Map.of("listeners", "http://" + host + ":8083");
      assertThat(of(settings, Optional.of(MACHINE)).advertised())
          .hasToString("http://" + host + ":8083/");
    }
  }

  @Test
  void whatTheSettingsSayBeforeAnythingElse() {
    var settings = new HashMap<>(Map.of("rest.advertised.host.name", "worker1"));
    assertThat(of(settings, Optional.of(MACHINE)).advertised()).hasToString("http://worker1:8083/");
    settings.put("rest.advertised.port", "9999");
    assertThat(of(settings, Optional.of(MACHINE)).advertised()).hasToString("http://worker1:9999/");
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.7, 192.0.2.7", "2001:db8::1, [2001:db8:0:0:0:0:0:1]"})
  void aMachinesAddressIsAsInUris(String address, String host) throws UnknownHostException {
    assertThat(MachineAddress.of(literal(address))).contains(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "127.0.1.1", "::1", "0.0.0.0", "::", "169.254.1.1", "fe80::1"})
  void whatLeadsElsewhereOnOtherMachinesIsNone(String address) throws UnknownHostException {
    assertThat(MachineAddress.of(literal(address))).isEmpty();
  }

  private static InetAddress literal(String address) throws UnknownHostException {
    return InetAddress.getAllByName(address)[0];
  }
}
