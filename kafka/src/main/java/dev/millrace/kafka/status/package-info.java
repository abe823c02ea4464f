/** The status topic: what every worker's work is at, and which work each member holds. */
package dev.millrace.kafka.status;
