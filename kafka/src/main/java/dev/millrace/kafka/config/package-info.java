/** The config log's wire form: facts as records of Kafka Connect's config topic and back. */
package dev.millrace.kafka.config;
