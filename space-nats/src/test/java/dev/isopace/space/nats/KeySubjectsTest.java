package dev.isopace.space.nats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every key has a subject of its own, which leads nowhere else. */
class KeySubjectsTest {
  private static final int LONGEST_SUBJECT = 255;

  @Test
  void ordinaryKeysStayAsTheyAre() {
    for (String key : List.of("jobs.eu", "a-b_c", "r/4711:x@y+z=1,2~3!", "A.b.C")) {
      assertEquals(key, KeySubjects.subject(key));
    }
  }

  @Test
  void whatHasAMeaningInASubjectIsEncoded() {
    assertEquals("%", KeySubjects.subject(""));
    assertEquals("%.%", KeySubjects.subject("."));
    assertEquals("a.%.b", KeySubjects.subject("a..b"));
    assertEquals("%2A.%3E", KeySubjects.subject("*.>"));
    assertEquals("a%20b%25", KeySubjects.subject("a b%"));
    assertEquals("%00%0D%0A", KeySubjects.subject("\0\r\n"));
    assertEquals("%C3%A9", KeySubjects.subject("\u00E9"));
    assertEquals("%24JS.API", KeySubjects.subject("$JS.API"));
  }

  @Test
  void everyEncodingCanBeUndoneAndNoTwoKeysHaveOneSubject() {
    Random random = new Random(7);
    String alphabet = ".%*> aA0-\u00E9\uD83D\uDE80";
    Map<String, String> keys = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(i % 10 == 0 ? 400 : 8);
      for (int c = 0; c < length; c++) {
        int at = random.nextInt(alphabet.codePointCount(0, alphabet.length()));
        text.appendCodePoint(alphabet.codePointAt(alphabet.offsetByCodePoints(0, at)));
      }
      String key = text.toString();
      String subject = KeySubjects.subject(key);
      requireHarmless(subject);
      assertEquals(key, KeySubjects.decode(KeySubjects.encode(key)));
      String other = keys.put(subject, key);
      assertTrue(other == null || other.equals(key), key + " and " + other + ": " + subject);
    }
  }

  private static void requireHarmless(String subject) {
    assertTrue(subject.length() <= LONGEST_SUBJECT, "length of " + subject);
    assertTrue(subject.matches("[!-~]+") && !subject.matches(".*[*>$\"\\\\].*"), subject);
    for (String part : subject.split("\\.", -1)) {
      assertFalse(part.isEmpty(), "a part of " + subject + " is empty");
    }
  }

  @Test
  void longKeysAreAbbreviatedReadablyWhereverTheyAreCut() {
    for (int before = 0; before < 6; before++) {
      for (String unit : List.of("\u00E9", ".", "x", "*")) {
        String key =
            "a".repeat(before) + unit.repeat(512 / unit.getBytes(StandardCharsets.UTF_8).length);
        String subject = KeySubjects.subject(key);
        requireHarmless(subject);
        if (KeySubjects.encode(key).length() > LONGEST_SUBJECT) {
          assertTrue(KeySubjects.isAbbreviated(subject), subject);
          assertTrue(subject.matches(".*[^%]%%[0-9a-f]{64}") || subject.contains(".%%"), subject);
        }
      }
    }
    assertFalse(KeySubjects.isAbbreviated(KeySubjects.subject("x".repeat(LONGEST_SUBJECT))));
    assertTrue(KeySubjects.isAbbreviated(KeySubjects.subject("x".repeat(LONGEST_SUBJECT + 1))));
  }

  @Test
  void whatIsNoKeysSubjectIsRefused() {
    for (String subject : List.of("", "a..b", "%4", "a%", "%41", "%c3%a9", "%FF", "a b", "*")) {
      assertThrows(IllegalArgumentException.class, () -> KeySubjects.decode(subject), subject);
    }
  }
}
