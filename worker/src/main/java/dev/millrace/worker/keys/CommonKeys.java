package dev.millrace.worker.keys;

import static dev.millrace.worker.keys.Rules.among;
import static dev.millrace.worker.keys.Rules.atLeast;
import static dev.millrace.worker.keys.Rules.exactly;
import static dev.millrace.worker.keys.Rules.filled;
import static dev.millrace.worker.keys.Rules.tidy;
import static dev.millrace.worker.keys.WorkerKey.optional;
import static dev.millrace.worker.keys.WorkerKey.required;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;

/** Keys of both of Kafka Connect's modes (compat: worker config §2, §3), and our own. */
final class CommonKeys {

  private CommonKeys() {}

  static List<WorkerKey> all() {
    return Stream.of(basics(), plugins(), work(), metrics(), rest(), own())
        .flatMap(List::stream)
        .toList();
  }

  private static List<WorkerKey> basics() {
    return List.of(
        required("bootstrap.servers", ConfigDef.Type.LIST, "Brokers of the Kafka cluster")
            .valid(filled()),
        optional(
                "client.dns.lookup",
                ConfigDef.Type.STRING,
                "use_all_dns_ips",
                "How Kafka clients use the addresses of a name")
            .valid(among("use_all_dns_ips", "resolve_canonical_bootstrap_servers_only")),
        required(
                "key.converter", ConfigDef.Type.STRING, "Default converter of keys, class or alias")
            .valid(filled()),
        required(
                "value.converter",
                ConfigDef.Type.STRING,
                "Default converter of values, class or alias")
            .valid(filled()),
        optional(
            "header.converter",
            ConfigDef.Type.STRING,
            "org.apache.kafka.connect.storage.SimpleHeaderConverter",
            "Default converter of headers, class or alias"),
        optional(
            "key.converter.plugin.version",
            ConfigDef.Type.STRING,
            null,
            "Version of key.converter"),
        optional(
            "value.converter.plugin.version",
            ConfigDef.Type.STRING,
            null,
            "Version of value.converter"),
        optional(
            "header.converter.plugin.version",
            ConfigDef.Type.STRING,
            null,
            "Version of header.converter"),
        optional("config.providers", ConfigDef.Type.LIST, "", "Names of config providers")
            .valid(tidy()));
  }

  private static List<WorkerKey> plugins() {
    return List.of(
        optional("plugin.path", ConfigDef.Type.LIST, null, "Folders and archives of plugins")
            .valid(tidy()),
        optional(
                "plugin.discovery",
                ConfigDef.Type.STRING,
                "hybrid_warn",
                "How plugins are found: by service manifests, by scanning classes, or both")
            .valid(among("only_scan", "hybrid_warn", "hybrid_fail", "service_load")),
        optional(
            "connector.client.config.override.policy",
            ConfigDef.Type.STRING,
            "All",
            "What connectors may override of client settings, class or alias"),
        optional(
            "connector.client.config.override.allowlist",
            ConfigDef.Type.LIST,
            "",
            "Client settings that the policy Allowlist lets connectors override"));
  }

  private static List<WorkerKey> work() {
    return List.of(
        optional(
                "task.shutdown.graceful.timeout.ms",
                ConfigDef.Type.LONG,
                5_000L,
                "Milliseconds that tasks may take to stop")
            .valid(atLeast(0)),
        optional(
                "offset.flush.interval.ms",
                ConfigDef.Type.LONG,
                60_000L,
                "Milliseconds between offset commits")
            .valid(atLeast(1)),
        optional(
                "offset.flush.timeout.ms",
                ConfigDef.Type.LONG,
                5_000L,
                "Milliseconds that one offset commit may take")
            .valid(atLeast(1)),
        optional(
            "topic.creation.enable",
            ConfigDef.Type.BOOLEAN,
            true,
            "Whether sources with topic.creation.* settings may create topics"),
        optional(
            "topic.tracking.enable",
            ConfigDef.Type.BOOLEAN,
            true,
            "Whether the topics that connectors use are told"),
        optional(
            "topic.tracking.allow.reset",
            ConfigDef.Type.BOOLEAN,
            true,
            "Whether those topics may be forgotten on request"));
  }

  private static List<WorkerKey> metrics() {
    return List.of(
        optional(
                "metric.reporters",
                ConfigDef.Type.LIST,
                "org.apache.kafka.common.metrics.JmxReporter",
                "Classes that metrics are told to")
            .valid(tidy()),
        optional(
                "metrics.num.samples",
                ConfigDef.Type.INT,
                2,
                "Samples kept for averages, maxima and rates")
            .valid(atLeast(1)),
        optional(
                "metrics.sample.window.ms",
                ConfigDef.Type.LONG,
                30_000L,
                "Milliseconds of one sample of averages, maxima and rates")
            .valid(atLeast(0)),
        optional(
                "metrics.recording.level",
                ConfigDef.Type.STRING,
                "INFO",
                "Most detailed level at which metrics are recorded")
            .valid(Rules.exactly("INFO", "DEBUG")));
  }

  private static List<WorkerKey> rest() {
    return List.of(
        optional(
                "listeners",
                ConfigDef.Type.LIST,
                "http://:8083",
                "Addresses of the REST server, http or https")
            .valid(filled()),
        optional(
                "admin.listeners",
                ConfigDef.Type.LIST,
                null,
                "Addresses that serve /admin alone; empty for none; unset for those of listeners")
            .valid(tidy()),
        optional(
            "rest.advertised.host.name",
            ConfigDef.Type.STRING,
            null,
            "Host name that others are told"),
        optional("rest.advertised.port", ConfigDef.Type.INT, null, "Port that others are told"),
        optional(
            "rest.advertised.listener",
            ConfigDef.Type.STRING,
            null,
            "Which kind of listener others are told: http or https"),
        optional(
            "access.control.allow.origin",
            ConfigDef.Type.STRING,
            "",
            "Origins whose pages may read answers (CORS)"),
        optional(
            "access.control.allow.methods",
            ConfigDef.Type.STRING,
            "",
            "Methods that pages of other origins may use"),
        optional(
            "response.http.headers.config",
            ConfigDef.Type.STRING,
            "",
            "Rules for headers of answers"),
        optional(
                "ssl.client.auth",
                ConfigDef.Type.STRING,
                "none",
                "Whether https listeners ask for the client's certificate")
            .valid(exactly("none", "requested", "required")),
        optional(
                "rest.extension.classes",
                ConfigDef.Type.LIST,
                "",
                "Classes that extend the REST server")
            .valid(tidy()));
  }

  private static List<WorkerKey> own() {
    return List.of(
        optional(
            "millrace.data.dir",
            ConfigDef.Type.STRING,
            null,
            "Folder of what a worker keeps on its machine: connectors' local state, what was found"
                + " of plugins; of a worker that is alone also its config log"),
        optional(
                "millrace.stalled.after.ms",
                ConfigDef.Type.LONG,
                300_000L,
                "Milliseconds after which a call of plugin code that has not returned is reported;"
                    + " 0 for never")
            .valid(atLeast(0)),
        optional(
            "millrace.json.accelerated",
            ConfigDef.Type.BOOLEAN,
            true,
            "Whether a faster converter stands in for Kafka Connect's JsonConverter"),
        optional(
                "millrace.idle.clients.ms",
                ConfigDef.Type.LONG,
                60_000L,
                "Milliseconds without anything to do after which Kafka clients are released")
            .valid(atLeast(1)));
  }
}
