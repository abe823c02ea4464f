package dev.millrace.worker;

import dev.millrace.model.ConnectorState;
import dev.millrace.model.Fact;
import dev.millrace.plugins.PluginCatalog;
import dev.millrace.worker.listing.CatalogListing;
import dev.millrace.worker.listing.PluginListing;
import dev.millrace.worker.logging.Log4jLevels;
import dev.millrace.worker.logging.LogLevels;
import dev.millrace.worker.offsets.KafkaOffsetAdmin;
import dev.millrace.worker.offsets.OffsetAdmin;
import dev.millrace.worker.offsets.OffsetChanges;
import dev.millrace.worker.validation.FrameworkKeys;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people administer beside connectors themselves. Immutable and thread-safe. */
record Administration(OffsetAdmin offsets, PluginListing listing, LogLevels levels) {

  private static final Logger LOG = LoggerFactory.getLogger(Administration.class);

  /** Sets a level that somebody in the group has asked for, if it is one. */
  void set(Fact.LevelSet wanted) {
    if (levels.isLevel(wanted.level())) {
      levels.set(wanted.logger(), wanted.level());
    } else {
      LOG.warn(
          "Logger {} was to be set to \"{}\" in the cluster, which is no level",
          wanted.logger(),
          wanted.level());
    }
  }

  /** That of a worker made of these parts. */
  static Administration of(
      PluginCatalog catalog,
      OffsetTargets targets,
      Function<String, Optional<ConnectorState>> connectors,
      OffsetChanges changes) {
    return new Administration(
        new KafkaOffsetAdmin(connectors, targets::of, changes),
        new CatalogListing(catalog, FrameworkKeys.source(), FrameworkKeys.sink()),
        Log4jLevels.ofProcess(InstantSource.system()));
  }
}
