/**
 * Finds plugins, keeps them apart by class loaders and makes instances of them (compat: semantics
 * §11, §12). File system access at start only; no thread of its own; knows nothing of the engine.
 */
package dev.millrace.plugins;
