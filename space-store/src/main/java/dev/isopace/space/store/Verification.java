package dev.isopace.space.store;

/**
 * What {@link Store#verify} found sound.
 *
 * @param entries how many entries the store holds
 * @param bytes how many bytes of its log were read
 * @param segments how many files the log has
 */
public record Verification(long entries, long bytes, int segments) {}
