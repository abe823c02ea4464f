/** The plugins of a worker as listings show them (compat: REST §10). */
package dev.millrace.worker.listing;
