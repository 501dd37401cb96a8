package dev.isopace.space.jmh.suite;

import org.jspecify.annotations.Nullable;

/** What a workload needs of a subject. */
enum Need {
  /** Somebody waits for an entry. */
  WAITING("it cannot wait for an entry"),

  /** Threads are virtual. */
  VIRTUAL_THREADS("virtual threads need JDK 21 or later"),

  /** What is on the heap is all that there is. */
  HEAP("it keeps its entries on a disk or a server"),

  /** Values are turned into bytes, so that their size matters. */
  COPYING("it passes references, so that the size of a value does not matter"),

  /** Entries survive. */
  DURABLE("it is not durable"),

  /** Each change is durable when it returns. */
  FORCED("a change is not durable when it returns"),

  /** No change waits for the disk, so that millions take no longer than seconds. */
  UNFORCED("each change waits until it is durable"),

  /** Entries are in files, so that there is a disk to compare with. */
  DISK("it is not on a disk");

  private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

  private final String refusal;

  Need(String refusal) {
    this.refusal = refusal;
  }

  /** Returns why the subject cannot be measured; null if it can. */
  @Nullable String refusal(Candidate candidate) {
    boolean isMet =
        switch (this) {
          case WAITING -> candidate.canWait();
          case VIRTUAL_THREADS -> Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS;
          case HEAP -> !candidate.isDurable() && !candidate.isShared();
          case COPYING -> candidate.isCopying();
          case DURABLE -> candidate.isDurable();
          case FORCED -> candidate.isForced();
          case UNFORCED -> !candidate.isForced();
          case DISK -> candidate.isOnDisk();
        };
    return isMet ? null : refusal;
  }
}
