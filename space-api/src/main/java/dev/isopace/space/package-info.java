/**
 * A keyed tuple space: what programs call.
 *
 * <p>{@link dev.isopace.space.Spaces#open(String, dev.isopace.space.Codec) Spaces.open} turns a URI
 * into a {@link dev.isopace.space.Space}; the backend is whichever provider of the URI's scheme is
 * on the class path or module path. Programs written against this package run on every backend.
 */
package dev.isopace.space;
