package dev.isopace.space.nats;

/**
 * A question that was asked in advance.
 *
 * @param question for the entries of a key, from some sequence on
 * @param behind the sequence of the entry that they come after: the head, which was being claimed
 */
record Prefetch(Pending question, long behind) {}
