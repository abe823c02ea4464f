package dev.millrace.kafka.group;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.SyncGroupResponse;

/**
 * When the coordinator last confirmed our membership, by the time at which we had asked: so it is
 * never later than what the coordinator itself counts from. Thread-safe.
 */
final class Contact {
  private final AtomicLong confirmedMs = new AtomicLong();
  private final Joins joins;

  /** Nothing has been heard yet. */
  Contact(Joins joins) {
    this.joins = joins;
  }

  /** Told that joins are answered, before the client itself acts on it; must not block. */
  interface Joins {
    /** All have joined: a member of that id, of a generation that its leader has yet to tell. */
    void answered(int generation, String memberId);
  }

  /** The client itself, with its answers looked at in passing. */
  KafkaClient observe(KafkaClient client) {
    return (KafkaClient)
        Proxy.newProxyInstance(
            Contact.class.getClassLoader(),
            new Class<?>[] {KafkaClient.class},
            (proxy, method, arguments) -> call(client, method, arguments));
  }

  private Object call(KafkaClient client, Method method, Object[] arguments) throws Throwable {
    try {
      Object result = method.invoke(client, arguments);
      if (method.getName().equals("poll") && result instanceof List<?> responses) {
        responses.forEach(each -> look((ClientResponse) each));
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void look(ClientResponse response) {
    if (confirms(response.responseBody())) {
      confirmed(response.receivedTimeMs() - response.requestLatencyMs());
    }
    if (response.responseBody() instanceof JoinGroupResponse join && join.error() == Errors.NONE) {
      joins.answered(join.data().generationId(), join.data().memberId());
    }
  }

  private static boolean confirms(AbstractResponse body) {
    return switch (body) {
      case HeartbeatResponse heartbeat -> heartbeat.error() == Errors.NONE;
      case SyncGroupResponse sync -> sync.error() == Errors.NONE;
      case null, default -> false;
    };
  }

  /** The coordinator has confirmed the membership, which it was asked for then. */
  void confirmed(long askedMs) {
    confirmedMs.accumulateAndGet(askedMs, Math::max);
  }

  /** In the time of the group's clock, milliseconds; 0 when never. */
  long confirmedMs() {
    return confirmedMs.get();
  }
}
