package dev.isopace.space.nats;

import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts of entries by key, which the server keeps for each subject.
 *
 * <p>The server reports them in pages, in the order of the subjects; a page is requested by its
 * offset. Keys that come and go between two pages shift what follows, and a key that was there
 * throughout could fall between them. So a page must begin with a subject that the page before it
 * ended with, or an earlier one; if it does not, an earlier page is asked for.
 */
final class KeyCounts {
  /** By how much a page overlaps with the one before it. */
  private static final int OVERLAP = 100;

  private final RemoteStream remote;

  KeyCounts(RemoteStream remote) {
    this.remote = remote;
  }

  /** Linearization point: where the server counts. */
  long count(Call call, String key) throws InterruptedException {
    String subject = remote.names().entry(KeySubjects.subject(key));
    JsonValue count = remote.counts(call, subject, 0).counts().get(subject);
    return count == null ? 0 : JsonValueUtils.getLong(count, 0);
  }

  /** All keys; the patience of the call is that for each answer, however many it takes. */
  Set<String> keys(Call call) throws InterruptedException {
    Set<String> keys = new HashSet<>();
    String seenUpTo = "";
    for (long offset = 0; ; ) {
      RemoteStream.Page page = remote.counts(call.anew(), remote.names().entry(">"), offset);
      Set<String> subjects = page.counts().keySet();
      if (offset > 0 && (subjects.isEmpty() || isAfter(Collections.min(subjects), seenUpTo))) {
        // There may be some between those seen and these.
        offset = Math.max(0, offset - Math.max(OVERLAP, offset / 2));
        continue;
      }
      List<String> abbreviated = new ArrayList<>();
      for (String subject : subjects) {
        String keySubject = remote.names().keySubject(subject);
        if (!isAfter(subject, seenUpTo)) {
          continue;
        }
        if (KeySubjects.isAbbreviated(keySubject)) {
          abbreviated.add(keySubject);
        } else {
          add(keys, keySubject);
        }
      }
      for (String whole : remote.lastHeaders(call, abbreviated, KeySubjects.HEADER)) {
        add(keys, whole);
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

  private static void add(Set<String> keys, String whole) {
    try {
      keys.add(KeySubjects.decode(whole));
    } catch (IllegalArgumentException e) {
      // Somebody else's message, which is under no key.
    }
  }
}
