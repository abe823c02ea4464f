package dev.millrace.cli.install;

import java.util.List;
import java.util.Map;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.apache.maven.settings.Proxy;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.crypto.DefaultSettingsDecrypter;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecryptionResult;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.repository.Authentication;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.transfer.TransferListener;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.eclipse.aether.util.repository.DefaultAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultMirrorSelector;
import org.eclipse.aether.util.repository.DefaultProxySelector;
import org.sonatype.plexus.components.cipher.DefaultPlexusCipher;
import org.sonatype.plexus.components.sec.dispatcher.DefaultSecDispatcher;

/** Makes Maven Resolver's session from the user's settings: mirrors, proxies, passwords. */
final class MavenSession {
  private MavenSession() {}

  static DefaultRepositorySystemSession of(
      RepositorySystem system, MavenHome home, boolean offline, TransferListener listener) {
    var session = MavenRepositorySystemUtils.newSession();
    var local = new LocalRepository(home.localRepository().toFile());
    session.setLocalRepositoryManager(system.newLocalRepositoryManager(session, local));
    session.setOffline(offline || home.settings().isOffline());
    session.setSystemProperties(System.getProperties());
    session.setTransferListener(listener);
    session.setMirrorSelector(mirrors(home.settings()));
    SettingsDecryptionResult secrets = secrets(home);
    session.setProxySelector(proxies(secrets.getProxies()));
    session.setAuthenticationSelector(servers(secrets.getServers()));
    return session;
  }

  private static SettingsDecryptionResult secrets(MavenHome home) {
    var dispatcher =
        new DefaultSecDispatcher(
            new DefaultPlexusCipher(), Map.of(), home.securityFile().toString());
    return new DefaultSettingsDecrypter(dispatcher)
        .decrypt(new DefaultSettingsDecryptionRequest(home.settings()));
  }

  private static DefaultMirrorSelector mirrors(Settings settings) {
    var selector = new DefaultMirrorSelector();
    settings
        .getMirrors()
        .forEach(
            m ->
                selector.add(
                    m.getId(),
                    m.getUrl(),
                    m.getLayout(),
                    false,
                    m.isBlocked(),
                    m.getMirrorOf(),
                    m.getMirrorOfLayouts()));
    return selector;
  }

  private static DefaultProxySelector proxies(List<Proxy> proxies) {
    var selector = new DefaultProxySelector();
    for (Proxy p : proxies) {
      if (p.isActive()) {
        Authentication user =
            new AuthenticationBuilder()
                .addUsername(p.getUsername())
                .addPassword(p.getPassword())
                .build();
        selector.add(
            new org.eclipse.aether.repository.Proxy(
                p.getProtocol(), p.getHost(), p.getPort(), user),
            p.getNonProxyHosts());
      }
    }
    return selector;
  }

  private static DefaultAuthenticationSelector servers(List<Server> servers) {
    var selector = new DefaultAuthenticationSelector();
    for (Server s : servers) {
      selector.add(
          s.getId(),
          new AuthenticationBuilder()
              .addUsername(s.getUsername())
              .addPassword(s.getPassword())
              .addPrivateKey(s.getPrivateKey(), s.getPassphrase())
              .build());
    }
    return selector;
  }
}
