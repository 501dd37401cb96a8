package dev.isopace.space.nats;

import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts of entries by key, which the server keeps for each subject.
 *
 * <p>The server tells them in pages, in the order of the subjects, each by its offset. Keys that
 * come and go between two pages shift what follows, and one that was there all the time could fall
 * between them. So a page must begin with a subject that the page before it ended with, or an
 * earlier one; if it does not, an earlier page is asked for.
 */
final class Census {
  /** By how much a page overlaps with the one before it. */
  private static final int OVERLAP = 100;

  private final Remote remote;

  Census(Remote remote) {
    this.remote = remote;
  }

  /** Linearization point: where the server counts. */
  long count(Call call, String key) throws InterruptedException {
    String subject = remote.names().entry(KeySubjects.subject(key));
    JsonValue count = remote.counts(call, subject, 0).counts().get(subject);
    return count == null ? 0 : JsonValueUtils.getLong(count, 0);
  }

  Set<String> keys(Call call) throws InterruptedException {
    Set<String> keys = new HashSet<>();
    String seenUpTo = "";
    for (long offset = 0; ; ) {
      Remote.Page page = remote.counts(call, remote.names().entry(">"), offset);
      Set<String> subjects = page.counts().keySet();
      if (offset > 0 && (subjects.isEmpty() || isAfter(Collections.min(subjects), seenUpTo))) {
        // There may be some between those seen and these.
        offset = Math.max(0, offset - Math.max(OVERLAP, offset / 2));
        continue;
      }
      for (String subject : subjects) {
        if (isAfter(subject, seenUpTo)) {
          String key = key(call, remote.names().keySubject(subject));
          if (key != null) {
            keys.add(key);
          }
        }
      }
      if (subjects.isEmpty() || offset + subjects.size() >= page.total()) {
        return keys;
      }
      String last = Collections.max(subjects);
      seenUpTo = isAfter(last, seenUpTo) ? last : seenUpTo;
      offset += Math.max(1, subjects.size() - OVERLAP);
    }
  }

  /** In the order in which the server has them: all characters are ASCII. */
  private static boolean isAfter(String subject, String other) {
    return subject.compareTo(other) > 0;
  }

  /** The key of a subject; null if it has no entry any longer that would tell. */
  private @Nullable String key(Call call, String keySubject) throws InterruptedException {
    if (!KeySubjects.isAbbreviated(keySubject)) {
      return KeySubjects.decode(keySubject);
    }
    String whole = remote.lastHeader(call, keySubject, KeySubjects.HEADER);
    return whole == null ? null : KeySubjects.decode(whole);
  }
}
