/**
 * The conformance suite: whoever writes a backend extends {@link dev.isopace.space.tck.SpaceTck},
 * returns a URI, and learns which rules of the contract the backend keeps.
 */
package dev.isopace.space.tck;
