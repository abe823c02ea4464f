package dev.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

  @ParameterizedTest
  @CsvSource({
    "usres, users",
    "Users, users",
    "uesrs, users",
    "uzzrs, users",
    "user, users",
    "usr, ''",
    "uzzzs, ''",
    "visit, visits",
    "u, ''",
    "parralelism, parallelism",
    "pardism, ''"
  })
  void findsWhatWasMeant(String word, String meant) {
    assertThat(Nearest.match(word, List.of("visits", "users", "parallelism")))
        .isEqualTo(Optional.of(meant).filter(text -> !text.isEmpty()));
  }
}
