/** The data path of a sink task: consume, pipeline, put, commit. */
package dev.millrace.engine.sink;
