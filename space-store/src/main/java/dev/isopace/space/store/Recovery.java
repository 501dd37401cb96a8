package dev.isopace.space.store;

/**
 * What opening the store found, replayed and discarded.
 *
 * @param entries how many entries the store held once it was open
 * @param segments how many files of the log were found
 * @param replayed how many bytes of the log were read; little where a checkpoint of the index,
 *     which a clean close leaves, could be used
 * @param checkpoint whether such a checkpoint was used
 * @param cut how many bytes of a torn tail were discarded: what a crash left of operations that had
 *     not returned
 * @param cutFile the file whose tail was torn; if several were, the one that still holds records;
 *     empty if none was
 * @param cutOffset where the tail began, in bytes from the beginning of that file; 0 if none was
 *     torn
 */
public record Recovery(
    long entries,
    int segments,
    long replayed,
    boolean checkpoint,
    long cut,
    String cutFile,
    long cutOffset) {}
