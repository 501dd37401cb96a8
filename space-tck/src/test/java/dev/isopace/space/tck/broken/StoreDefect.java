package dev.isopace.space.tck.broken;

/** What can be wrong with a space that is DURABLE, and the rule that it breaks. */
enum StoreDefect {
  FORGETS_ALL_WHEN_CLOSED("DUR-1"),
  BRINGS_BACK_WHAT_WAS_TAKEN("DUR-1"),
  BRINGS_BACK_WHAT_A_WAITER_TOOK("DUR-1"),
  BRINGS_BACK_WHAT_WAS_TAKEN_WITH_TIMEOUT_0("DUR-1"),
  REVERSES_WHEN_OPENED("DUR-1"),
  LOSES_EMPTY_VALUES("DUR-1"),
  LOSES_THE_LAST_ENTRY("DUR-1"),
  TRIMS_KEYS_WHEN_OPENED("DUR-1"),
  WRITES_LARGE_VALUES_IN_PART("DUR-1"),
  FORGETS_WHAT_EARLIER_LIVES_WROTE("DUR-1"),
  OPENS_WITH_1000_ENTRIES_OF_A_KEY_AT_MOST("DUR-1"),
  MERGES_EQUAL_VALUES_WHEN_OPENED("DUR-1"),
  REMOVES_THE_LAST_OF_EQUAL_VALUES_WHEN_OPENED("DUR-1"),
  LETS_A_SECOND_OPENER_IN("DUR-1"),
  NEVER_UNLOCKS("DUR-1"),
  LETS_ANOTHER_PROCESS_IN("DUR-1"),
  LETS_TWO_IN_THAT_OPEN_AT_ONCE("DUR-1"),
  CLEANS_UP_AFTER_IT_HAS_UNLOCKED("DUR-1"),
  LOSES_SOME_WHEN_IT_CLEANS_UP_AFTER_5000_TAKES("DUR-1"),
  WRITES_REMOVALS_OF_TAKERS_THAT_ARE_INTERRUPTED("DUR-1"),
  WRITES_REMOVALS_OF_TAKERS_WHOSE_TIME_IS_OVER("DUR-1"),
  WRITES_IN_ANOTHER_ORDER_THAN_IT_KEEPS("DUR-1"),
  LOCKS_WHEN_IT_FIRST_WRITES("DUR-1"),
  WRITES_NO_REMOVALS_WHEN_AN_INTERRUPTED_THREAD_CLOSES("DUR-1"),
  DECODES_PERCENT_SIGNS_WHEN_OPENED("DUR-1"),
  KEEPS_AN_EMPTY_RECORD_OF_WHAT_IT_COULD_NOT_ENCODE("DUR-1"),
  WRITES_NOTHING_OF_INTERRUPTED_THREADS("DUR-1"),
  WRITES_REMOVALS_OF_WHAT_IS_READ("DUR-1"),
  WRITES_NO_ENTRY_FOR_WHICH_ONLY_READERS_WAIT("DUR-1"),
  WRITES_REMOVALS_OF_TAKERS_THAT_WAITED_AND_CANNOT_DECODE("DUR-1"),

  /** Of what is written once all was taken, as much is missing as had been taken before. */
  COUNTS_ANEW_ONCE_ALL_IS_TAKEN("DUR-1"),

  /** Who closes a file a second time gives up the lock of the whole process. */
  A_REFUSED_OPEN_UNLOCKS_FOR_OTHER_PROCESSES("DUR-1"),
  A_SECOND_CLOSE_UNLOCKS_WHAT_ANOTHER_HAS_OPENED("CLS-2"),
  A_SECOND_CLOSE_RETURNS_BEFORE_THE_LOCK_IS_FREE("CLS-3"),
  A_REFUSED_OPEN_LEAVES_THE_FILE_OPEN("CLS-3"),
  CREATES_THE_FILE_BEFORE_IT_LOOKS_AT_THE_PARAMETERS("SPI-3"),
  EMPTIES_THE_FILE_WHERE_A_PARAMETER_IS_UNKNOWN("SPI-3"),

  /** Who is about to write when the handle closes is told that it has written. */
  TAKES_WHAT_COMES_WHILE_IT_CLOSES_FOR_WRITTEN("OUT-1"),

  /** Whether the handle is closed is looked at again once the entry is written. */
  STORES_WHAT_IT_REFUSES_WHILE_IT_CLOSES("OUT-3"),

  /** An entry is gone with the taker for which it came too late. */
  REMOVES_FOR_TAKERS_THAT_CLOSE_ENDS("IN-4"),

  /** Whether the handle is closed is looked at again once the entry is gone. */
  REMOVES_FOR_TAKERS_THAT_IT_TELLS_THAT_IT_IS_CLOSED("IN-4"),

  /** Who decodes while the handle closes is told that it is closed, and the entry is gone. */
  REMOVES_FOR_TAKERS_THAT_DECODE_WHILE_IT_CLOSES("IN-4"),

  /** The last writes are in the memory of the process. */
  RETURNS_BEFORE_IT_WRITES("DUR-2"),

  /** The last removals are. */
  REMOVES_BEFORE_IT_WRITES("DUR-2"),

  /** What was read is written anew, from the beginning of the file. */
  WRITES_THE_FILE_ANEW_WHEN_OPENED("DUR-2"),

  /** What is left is written anew, from the beginning of the file. */
  WRITES_THE_FILE_ANEW_WHEN_CLOSED("DUR-2"),

  /** A record is written in two parts, and half a one counts. */
  KEEPS_HALF_A_VALUE("DUR-2"),

  /** Half a record stays in the file, and swallows what is written behind it. */
  WRITES_BEHIND_A_TORN_TAIL("DUR-2"),

  /** Half a record makes the file unreadable. */
  CANNOT_READ_A_TORN_TAIL("DUR-2"),

  /** What a process has not closed is read by other code. */
  TAKES_KEYS_FOR_LATIN_AFTER_A_KILL("DUR-2"),
  OPENS_WITH_1000_ENTRIES_OF_A_KEY_AT_MOST_AFTER_A_KILL("DUR-2");

  final String rule;

  StoreDefect(String rule) {
    this.rule = rule;
  }
}
