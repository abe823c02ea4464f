package dev.millrace.plugins;

/** A plugin cannot be found or instantiated; the message names it and the remedy. */
public final class PluginException extends RuntimeException {

  /** With what happened to which plugin, and what to do. */
  public PluginException(String message) {
    super(message);
  }

  /** With what happened to which plugin, and what to do. */
  public PluginException(String message, Throwable cause) {
    super(message, cause);
  }
}
