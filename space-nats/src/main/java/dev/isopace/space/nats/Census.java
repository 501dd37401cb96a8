package dev.isopace.space.nats;

import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
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
  /** A little more than a page of the server's may shift by, in the time of a question. */
  private static final int OVERLAP = 100;

  private final Remote remote;

  Census(Remote remote) {
    this.remote = remote;
  }

  /** Linearization point: where the server counts. */
  long count(Call call, String key) throws InterruptedException {
    String subject = remote.names().entry(KeySubjects.subject(key));
    JsonValue count = remote.counts(call, subject, 0).get(subject);
    return count == null ? 0 : JsonValueUtils.getLong(count, 0);
  }

  Set<String> keys(Call call) throws InterruptedException {
    Set<String> keys = new HashSet<>();
    String seenUpTo = null;
    long offset = 0;
    for (; ; ) {
      Map<String, JsonValue> page = remote.counts(call, remote.names().entry(">"), offset);
      if (page.isEmpty()) {
        if (offset == 0 || seenUpTo == null) {
          return keys;
        }
        // Fewer keys than there were.
        offset = Math.max(0, offset - Math.max(OVERLAP, offset / 2));
        continue;
      }
      String first = Collections.min(page.keySet());
      if (seenUpTo != null && offset > 0 && first.compareTo(seenUpTo) > 0) {
        offset = Math.max(0, offset - Math.max(OVERLAP, offset / 2));
        continue;
      }
      String last = Collections.max(page.keySet());
      for (String subject : page.keySet()) {
        if (seenUpTo == null || subject.compareTo(seenUpTo) > 0) {
          String key = key(call, remote.names().keySubject(subject));
          if (key != null) {
            keys.add(key);
          }
        }
      }
      if (seenUpTo != null && last.compareTo(seenUpTo) <= 0) {
        return keys;
      }
      seenUpTo = last;
      if (page.size() <= OVERLAP) {
        return keys;
      }
      offset += page.size() - OVERLAP;
    }
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
