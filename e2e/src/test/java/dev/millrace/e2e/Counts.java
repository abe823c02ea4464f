package dev.millrace.e2e;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** The processor's table of visits, asked for each user over REST. */
final class Counts {

  private Counts() {}

  static Map<Integer, Long> of(MillraceProcess millrace) throws IOException, InterruptedException {
    var counts = new TreeMap<Integer, Long>();
    for (int user = 0; user < UsersDatabase.USERS; user++) {
      var row = millrace.get("/v1/topologies/user-visits/tables/visits?key=" + user);
      if (row.has("row")) counts.put(user, row.path("row").path("visits").asLong());
    }
    return counts;
  }

  /** All visits counted so far. */
  static long total(MillraceProcess millrace) throws IOException, InterruptedException {
    return of(millrace).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Waits until every count is that of the database. */
  static void awaitEqual(MillraceProcess millrace, UsersDatabase database) throws Exception {
    var wanted = database.visits();
    Await.until(
        "every count is right",
        Await.LONG,
        () -> of(millrace).equals(wanted),
        () -> difference(millrace, wanted) + "\n" + millrace.tail());
  }

  private static String difference(MillraceProcess millrace, Map<Integer, Long> wanted) {
    try {
      var found = of(millrace);
      long all = found.values().stream().mapToLong(Long::longValue).sum();
      return "counted %d of %d"
          .formatted(all, wanted.values().stream().mapToLong(Long::longValue).sum());
    } catch (IOException | InterruptedException e) {
      return e.toString();
    }
  }
}
