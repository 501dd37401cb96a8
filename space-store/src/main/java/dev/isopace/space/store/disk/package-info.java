/**
 * The seam between a store and the operating system. {@link dev.isopace.space.store.disk.NioDisk}
 * is the real disk; tests have others.
 */
package dev.isopace.space.store.disk;
