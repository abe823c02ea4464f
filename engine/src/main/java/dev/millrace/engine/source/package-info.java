/** The data path of a source task: poll, pipeline, delivery to Kafka, offsets. */
package dev.millrace.engine.source;
