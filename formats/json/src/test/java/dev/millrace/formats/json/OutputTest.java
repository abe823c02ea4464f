package dev.millrace.formats.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts that have a way of their own to be written. */
class OutputTest {

  private static String text(double value) {
    Output out = new Output();
    out.number(value);
    return new String(out.toBytes(), StandardCharsets.UTF_8);
  }

  private static void same(double value) {
    String text = text(value);
    if (!text.equals(Double.toString(value))) { // spares a million assertions
      assertThat(text).isEqualTo(Double.toString(value));
    }
  }

  @Test
  void numbersOfFewDecimalsAreWrittenAsJavaDoes() {
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      double scale = Math.pow(10, random.nextInt(7));
      double value = random.nextLong(-20_000_000_000L, 20_000_000_000L) / scale / 100;
      same(value);
      same(Math.nextUp(value));
      same(Math.nextDown(value));
      same(random.nextInt(100_000) / scale);
    }
    for (double edge :
        new double[] {0, -0.0, 1e-3, 1e7, 0.0001, 0.001, 0.01, 9999999.9999, 2, -2}) {
      same(edge);
      same(-edge);
      same(Math.nextUp(edge));
      same(Math.nextDown(edge));
    }
    assertThat(text(1234.5)).isEqualTo("1234.5");
    assertThat(text(-7)).isEqualTo("-7.0");
  }

  @Test
  void namesAreWrittenAsStringsAreAlsoTheSecondTime() {
    Output out = new Output();
    String odd = "a\"b\u00e9" + "x".repeat(200);
    for (int i = 0; i < 3; i++) {
      for (String name : new String[] {"id", "Aa", "BB", odd, "\u0001"}) { // Aa and BB hash alike
        out.clear();
        out.string(name);
        out.raw(':');
        byte[] expected = out.toBytes();
        out.clear();
        out.name(name);
        assertThat(out.toBytes()).isEqualTo(expected);
      }
    }
  }
}
