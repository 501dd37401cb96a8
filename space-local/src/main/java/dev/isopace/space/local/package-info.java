/**
 * The in-process backend: a {@link dev.isopace.space.local.LocalSpace}, or {@code local:} as a URI.
 * Nothing survives the process.
 *
 * <p>To read the code, begin with {@code KeyedQueues} (entries by reference); then {@code Line}
 * (the waiters of a key) and {@code SeqLock} (the lock). {@code CopyingQueues} keeps the entries of
 * {@code local:?copy=true}.
 */
package dev.isopace.space.local;
