/**
 * Where source connectors' positions are kept: the contract between the data path and the stores.
 */
package dev.millrace.model.offsets;
