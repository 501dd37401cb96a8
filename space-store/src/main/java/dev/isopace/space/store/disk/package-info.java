/** The seam between a store and the operating system. */
package dev.isopace.space.store.disk;
