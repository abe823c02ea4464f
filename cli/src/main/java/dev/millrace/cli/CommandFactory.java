package dev.millrace.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;

/** Makes commands with their surroundings. Immutable. */
final class CommandFactory implements CommandLine.IFactory {
  private final Outside outside;

  CommandFactory(Outside outside) {
    this.outside = outside;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      Class<?>[] parameters = constructor.getParameterTypes();
      if (parameters.length == 1 && parameters[0] == Outside.class) {
        return type.cast(constructor.newInstance(outside));
      }
    }
    return CommandLine.defaultFactory().create(type);
  }
}
