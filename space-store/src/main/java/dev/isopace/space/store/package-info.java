/**
 * The durable backend: {@link dev.isopace.space.store.Store}, a queue of byte arrays for each key
 * that survives the process, the operating system and the power; and {@code store:} as a URI, a
 * {@link dev.isopace.space.Space} over it.
 */
package dev.isopace.space.store;
