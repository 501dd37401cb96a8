package dev.isopace.space.nats;

import java.nio.charset.StandardCharsets;

/**
 * The bodies of requests to the JetStream API. They are JSON without escapes: subjects of keys have
 * no characters that would need them.
 */
final class Requests {
  static final byte[] NONE = {};

  private Requests() {}

  static byte[] entry(long sequence) {
    return ascii("{\"seq\":" + sequence + "}");
  }

  /** The removal of an entry, whose bytes need not be overwritten. */
  static byte[] removal(long sequence) {
    return ascii("{\"seq\":" + sequence + ",\"no_erase\":true}");
  }

  /** The first entry of a subject from a sequence on. */
  static byte[] head(String subject, long from) {
    return ascii("{\"seq\":" + Math.max(1, from) + ",\"next_by_subj\":\"" + subject + "\"}");
  }

  /** The first entries of a subject from a sequence on. */
  static byte[] heads(String subject, long from, int most, int mostBytes) {
    return ascii(
        "{\"seq\":"
            + from
            + ",\"next_by_subj\":\""
            + subject
            + "\",\"batch\":"
            + most
            + ",\"max_bytes\":"
            + mostBytes
            + "}");
  }

  /** The last entry of a subject. */
  static byte[] last(String subject) {
    return ascii("{\"last_by_subj\":\"" + subject + "\"}");
  }

  /** How many entries each matching subject has, without the subjects before an offset. */
  static byte[] counts(String filter, long offset) {
    return ascii("{\"subjects_filter\":\"" + filter + "\",\"offset\":" + offset + "}");
  }

  private static byte[] ascii(String json) {
    return json.getBytes(StandardCharsets.US_ASCII);
  }
}
