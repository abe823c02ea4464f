package dev.millrace.plugins;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loader of one plugin location: its own classes and resources first, but for what {@link
 * Isolation} shares. Thread-safe.
 */
final class PluginClassLoader extends URLClassLoader {

  static {
    ClassLoader.registerAsParallelCapable();
  }

  private static final Logger LOG = LoggerFactory.getLogger(PluginClassLoader.class);

  private final AtomicBoolean driversLoaded = new AtomicBoolean();

  PluginClassLoader(String location, List<URL> urls, ClassLoader parent) {
    super(location, urls.toArray(URL[]::new), parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!Isolation.childFirst(name)) {
      return super.loadClass(name, resolve); // the parent first, then our own archives
    }
    try {
      return loadOwn(name);
    } catch (ClassNotFoundException e) {
      return getParent().loadClass(name);
    }
  }

  /** A class of this location, never the parent's. */
  Class<?> loadOwn(String name) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  /**
   * Makes the location's JDBC drivers known to {@link java.sql.DriverManager}, the first time it is
   * called: connectors rely on it. Drivers that do not load are left out.
   */
  void loadDrivers() {
    if (!driversLoaded.compareAndSet(false, true)) return;
    Iterator<Driver> drivers = ServiceLoader.load(Driver.class, this).iterator();
    for (boolean more = true; more; ) {
      try {
        more = drivers.hasNext() && drivers.next() != null;
      } catch (ServiceConfigurationError | LinkageError e) {
        LOG.debug("A JDBC driver of '{}' cannot be loaded: {}", getName(), e.toString());
      }
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try {
      return super.findClass(name);
    } catch (ClassNotFoundException e) {
      if (!EmptyClasses.has(name)) throw e;
      byte[] bytes = EmptyClasses.bytes(name);
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  @Override
  public URL getResource(String name) {
    URL own = findResource(name);
    return own != null ? own : getParent().getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    all.addAll(Collections.list(getParent().getResources(name)));
    return Collections.enumeration(all);
  }
}
