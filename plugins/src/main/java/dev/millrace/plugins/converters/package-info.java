/**
 * The byte array and number converters that Kafka Connect keeps in its runtime; configurations that
 * name those classes get these (compat: semantics §12). Written against connect-api only.
 */
package dev.millrace.plugins.converters;
