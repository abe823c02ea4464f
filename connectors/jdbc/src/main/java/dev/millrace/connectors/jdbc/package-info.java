/**
 * The JDBC source and sink connectors for MariaDB, MySQL and PostgreSQL. Written against Kafka
 * Connect's API only: they run on Kafka Connect too. Only the connector and task classes are
 * public.
 */
package dev.millrace.connectors.jdbc;
