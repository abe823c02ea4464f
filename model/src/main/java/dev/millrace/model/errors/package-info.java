/** What happens to a record that cannot be processed: settings and the pure policy over them. */
package dev.millrace.model.errors;
