package dev.millrace.worker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The MBeans of Connect workers, line by line: name, attribute, class of the value. As a program it
 * lists those of a running process, by which {@code kafka-connect-4.3.1-mbeans.txt} was recorded.
 */
public final class MBeans {

  private static final String DOMAIN = "kafka.connect:*";

  private MBeans() {}

  /**
   * Prints the list.
   *
   * @param args JMX service URL of the process
   */
  @SuppressWarnings("BanJNDI") // the process is one's own
  public static void main(String[] args) throws Exception {
    try (var process = JMXConnectorFactory.connect(new JMXServiceURL(args[0]))) {
      list(process.getMBeanServerConnection()).forEach(System.out::println);
    }
  }

  static List<String> list(MBeanServerConnection server) throws IOException, JMException {
    var lines = new TreeSet<String>();
    for (ObjectName name : server.queryNames(new ObjectName(DOMAIN), null)) {
      for (var attribute : server.getMBeanInfo(name).getAttributes()) {
        var type = typeOf(server, name, attribute.getName());
        lines.add(name + " " + attribute.getName() + " " + type);
      }
    }
    return new ArrayList<>(lines);
  }

  private static String typeOf(MBeanServerConnection server, ObjectName name, String attribute) {
    try {
      Object value = server.getAttribute(name, attribute);
      return value == null ? "null" : value.getClass().getSimpleName();
    } catch (IOException | JMException e) {
      return "unreadable"; // a class that only the reference has
    }
  }
}
