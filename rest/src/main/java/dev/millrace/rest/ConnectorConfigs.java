package dev.millrace.rest;

import dev.millrace.worker.WorkerApi;
import dev.millrace.worker.validation.Validation;
import dev.millrace.worker.validation.ValidationException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Checks configurations that come in (compat: REST §2, §6). Thread-safe. */
final class ConnectorConfigs {

  private static final String NAME = "name";

  private final WorkerApi worker;

  ConnectorConfigs(WorkerApi worker) {
    this.worker = worker;
  }

  /**
   * The configuration as it will be stored: checked, its name inside.
   *
   * @param given as sent; values may be null
   * @throws HttpException 400 when it is wrong, 500 when the check failed
   */
  Map<String, String> checked(String name, Map<String, String> given) {
    var inside = given.get(NAME);
    if (inside != null && !inside.equals(name)) {
      throw new HttpException(
          400,
          "Connector name configuration (%s) doesn't match connector name in the URL (%s)"
              .formatted(inside, name));
    }
    var config = new TreeMap<>(given);
    config.put(NAME, name);
    validate(config);
    return config;
  }

  /**
   * Checks a whole configuration.
   *
   * @throws HttpException 400 when it is wrong, 500 when the check failed
   */
  void validate(Map<String, String> config) {
    var validation = validation(config);
    if (validation.errorCount() > 0) throw new HttpException(400, invalid(validation));
  }

  private Validation validation(Map<String, String> config) {
    try {
      return worker.validate(config);
    } catch (ValidationException e) {
      int status = e.kind() == ValidationException.Kind.BAD_REQUEST ? 400 : 500;
      throw new HttpException(status, e.getMessage(), e);
    }
  }

  private static String invalid(Validation validation) {
    return validation.problems().stream()
        .map(Validation.Problem::message)
        .collect(
            Collectors.joining(
                "\n",
                "Connector configuration is invalid and contains the following %d error(s):\n"
                    .formatted(validation.errorCount()),
                "\nYou can also find the above list of errors at the endpoint"
                    + " `/connector-plugins/{connectorType}/config/validate`"));
  }
}
