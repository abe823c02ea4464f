/**
 * Membership in the workers' group: who is alive and who leads, nothing else. Kafka's classic group
 * protocol; the only package that uses the coordinator classes inside kafka-clients.
 */
package dev.millrace.kafka.group;
