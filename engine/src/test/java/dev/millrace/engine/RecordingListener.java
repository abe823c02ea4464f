package dev.millrace.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what is reported. Thread-safe. */
public final class RecordingListener implements WorkListener {
  /** The reports in order. */
  public final List<String> reports = new CopyOnWriteArrayList<>();

  /** Errors of failures. */
  public final List<Throwable> errors = new CopyOnWriteArrayList<>();

  /** Errors after a stop. */
  public final List<Throwable> late = new CopyOnWriteArrayList<>();

  /** Task configurations in order. */
  public final List<List<Map<String, String>>> tasks = new CopyOnWriteArrayList<>();

  /** Topics used. */
  public final List<String> topics = new CopyOnWriteArrayList<>();

  @Override
  public void started() {
    reports.add("started");
  }

  @Override
  public void paused() {
    reports.add("paused");
  }

  @Override
  public void resumed() {
    reports.add("resumed");
  }

  @Override
  public void failed(Throwable error) {
    reports.add("failed");
    errors.add(error);
  }

  @Override
  public void failedStopping(Throwable error) {
    late.add(error);
  }

  @Override
  public void stopped() {
    reports.add("stopped");
  }

  @Override
  public void topicUsed(String topic) {
    topics.add(topic);
  }

  @Override
  public void tasksGenerated(List<Map<String, String>> configs) {
    tasks.add(new ArrayList<>(configs));
  }

  @Override
  public void tasksFailed(Throwable error) {
    errors.add(error);
  }
}
