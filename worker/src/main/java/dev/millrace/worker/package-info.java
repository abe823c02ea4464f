/**
 * The imperative shell around the control core, and the embedding API. Assembles plugins, clients
 * and runners; everything that can block runs on threads of its own and comes back as an event.
 */
package dev.millrace.worker;
