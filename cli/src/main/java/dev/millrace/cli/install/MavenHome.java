package dev.millrace.cli.install;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.apache.maven.model.superpom.DefaultSuperPomProvider;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;

/**
 * The user's Maven: settings files, local repository, repositories. What {@code mvn} would use,
 * this uses. Immutable.
 */
public final class MavenHome {
  private final Path userHome;
  private final Settings settings;

  private MavenHome(Path userHome, Settings settings) {
    this.userHome = userHome;
    this.settings = settings;
  }

  /**
   * Reads {@code ~/.m2/settings.xml} and {@code $MAVEN_HOME/conf/settings.xml}, where they are.
   *
   * @param environment the environment variables, which settings may name too
   * @throws InstallException when a file is wrong
   */
  public static MavenHome of(Path userHome, Map<String, String> environment) {
    var request = new DefaultSettingsBuildingRequest();
    request.setUserSettingsFile(userHome.resolve(".m2/settings.xml").toFile());
    String maven = environment.getOrDefault("MAVEN_HOME", environment.get("M2_HOME"));
    if (maven != null) {
      request.setGlobalSettingsFile(new File(maven, "conf/settings.xml"));
    }
    request.setSystemProperties(System.getProperties());
    environment.forEach((k, v) -> request.getUserProperties().setProperty("env." + k, v));
    try {
      var built = new DefaultSettingsBuilderFactory().newInstance().build(request);
      return new MavenHome(userHome, built.getEffectiveSettings());
    } catch (SettingsBuildingException e) {
      throw new InstallException("Maven's settings cannot be read: " + e.getMessage(), e);
    }
  }

  Settings settings() {
    return settings;
  }

  /** Where passwords of the settings have their key. */
  Path securityFile() {
    return userHome.resolve(".m2/settings-security.xml");
  }

  /** Where downloads are kept. */
  Path localRepository() {
    String configured = settings.getLocalRepository();
    return configured == null ? userHome.resolve(".m2/repository") : Path.of(configured);
  }

  /** Those of active profiles, then Maven's own; mirrors are not applied yet. */
  List<RemoteRepository> repositories() {
    List<RemoteRepository> result = new ArrayList<>();
    settings.getProfiles().stream()
        .filter(this::active)
        .flatMap(profile -> profile.getRepositories().stream())
        .forEach(r -> result.add(repository(r.getId(), r.getUrl())));
    result.addAll(central());
    return result;
  }

  private boolean active(Profile profile) {
    return settings.getActiveProfiles().contains(profile.getId())
        || (profile.getActivation() != null && profile.getActivation().isActiveByDefault());
  }

  /** Maven's own default, from Maven's own file. */
  private static List<RemoteRepository> central() {
    try (InputStream in =
        DefaultSuperPomProvider.class.getResourceAsStream(
            "/org/apache/maven/model/pom-4.0.0.xml")) {
      return new MavenXpp3Reader()
          .read(in).getRepositories().stream().map(r -> repository(r.getId(), r.getUrl())).toList();
    } catch (IOException | XmlPullParserException e) {
      throw new IllegalStateException("Maven's model library lacks its default repositories", e);
    }
  }

  /** A repository whose wrong or missing checksums are errors. */
  static RemoteRepository repository(String id, String url) {
    return new RemoteRepository.Builder(id, "default", url)
        .setPolicy(
            new RepositoryPolicy(
                true, RepositoryPolicy.UPDATE_POLICY_DAILY, RepositoryPolicy.CHECKSUM_POLICY_FAIL))
        .build();
  }
}
