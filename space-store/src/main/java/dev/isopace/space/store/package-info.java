/**
 * The durable backend: {@link dev.isopace.space.store.Store}, a queue of byte arrays for each key
 * that survives a crash of the process or the operating system, and a power failure; and {@code
 * store:} as a URI, a {@link dev.isopace.space.Space} over it.
 *
 * <p>To read the code, begin with {@code Format} (the files); then {@code Log} (appending), {@code
 * Queues} with {@code Takers} and {@code Readers}, {@code Survey} and {@code Replay} (opening), and
 * {@code Compactor}.
 */
package dev.isopace.space.store;
