/**
 * Real database servers, unpacked from Maven artifacts and run as child processes: for the demo
 * command and for tests. Nothing here is part of the data path, and nothing here may import another
 * module of Millrace.
 */
package dev.millrace.servers;
