/**
 * What spaces are compared with, behind the interface of a space and as thin as that can be: {@code
 * peer:NAME} in memory, and {@code mvstore:DIRECTORY} and the like on a disk.
 *
 * <p>None of them keeps the contract. A peer does what a program would do that uses the thing
 * directly, no more: what it cannot do is an {@link UnsupportedOperationException}, and a dash in
 * the report.
 */
@org.jspecify.annotations.NullMarked
package dev.isopace.space.jmh.peers;
