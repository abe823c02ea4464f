package dev.millrace.plugins;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which classes a plugin shares with the worker (compat: semantics §11). Pure. */
final class Isolation {

  /** Under {@code javax.}, with sub-packages. */
  private static final String JAVAX =
      "accessibility activation activity annotation batch.api batch.operations batch.runtime crypto"
          + " decorator ejb el enterprise.concurrent enterprise.context enterprise.context.spi"
          + " enterprise.deploy.model enterprise.deploy.shared enterprise.deploy.spi"
          + " enterprise.event enterprise.inject enterprise.inject.spi enterprise.util faces"
          + " imageio inject interceptor jms json jws lang.model mail management management.j2ee"
          + " naming net persistence print resource rmi script security.auth security.auth.message"
          + " security.cert security.jacc security.sasl servlet sound.midi sound.sampled sql swing"
          + " tools transaction validation websocket ws.rs xml xml.bind xml.registry xml.rpc"
          + " xml.soap xml.ws";

  /** Under {@code org.omg.}, with sub-packages. */
  private static final String OMG =
      "CORBA CosNaming Dynamic DynamicAny IOP Messaging PortableInterceptor PortableServer"
          + " SendingContext stub.java.rmi";

  private static final Set<String> SHARED =
      new HashSet<>(
          Stream.of(
                  Stream.of(
                      "java",
                      "org.ietf.jgss",
                      "org.w3c.dom",
                      "org.xml.sax",
                      "org.slf4j",
                      "org.apache.kafka"),
                  Arrays.stream(JAVAX.split(" ")).map("javax."::concat),
                  Arrays.stream(OMG.split(" ")).map("org.omg."::concat))
              .flatMap(s -> s)
              .toList());

  private static final String CONNECT = "org.apache.kafka.connect.";

  /** Own copies of plugins although under org.apache.kafka. */
  private static final List<String> OWN_PACKAGES =
      List.of(
          CONNECT + "transforms.",
          CONNECT + "json.",
          CONNECT + "file.",
          CONNECT + "mirror.",
          CONNECT + "mirror-client.",
          CONNECT + "converters.",
          CONNECT + "connector.policy.",
          "org.apache.kafka.common.config.provider.");

  private static final List<String> OWN_CLASSES =
      List.of(
          CONNECT + "storage.StringConverter",
          CONNECT + "storage.SimpleHeaderConverter",
          CONNECT + "rest.basic.auth.extension.BasicAuthSecurityRestExtension");

  /** The contracts inside those packages, which everybody shares. */
  private static final List<String> CONTRACTS =
      List.of(
          CONNECT + "transforms.Transformation",
          CONNECT + "transforms.predicates.Predicate",
          CONNECT + "connector.policy.ConnectorClientConfigOverridePolicy",
          CONNECT + "connector.policy.ConnectorClientConfigRequest",
          "org.apache.kafka.common.config.provider.ConfigProvider");

  private Isolation() {}

  /** Whether a plugin's own copy of the class comes before the worker's. */
  static boolean childFirst(String className) {
    return !shared(className) || own(className);
  }

  private static boolean shared(String className) {
    for (int dot = className.lastIndexOf('.'); dot > 0; dot = className.lastIndexOf('.', dot - 1)) {
      if (SHARED.contains(className.substring(0, dot))) {
        return true;
      }
    }
    return false;
  }

  private static boolean own(String className) {
    String outer = outermost(className);
    return !CONTRACTS.contains(outer)
        && (OWN_CLASSES.contains(outer) || OWN_PACKAGES.stream().anyMatch(className::startsWith));
  }

  private static String outermost(String className) {
    int nested = className.indexOf('$');
    return nested < 0 ? className : className.substring(0, nested);
  }
}
