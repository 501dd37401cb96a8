/**
 * What a backend implements, and the parts that every backend would otherwise write again.
 *
 * <ul>
 *   <li>{@link dev.isopace.space.spi.SpaceProvider} is found by {@link java.util.ServiceLoader} and
 *       opens spaces of one URI scheme; {@link dev.isopace.space.spi.SpaceUri} is the parsed URI,
 *       {@link dev.isopace.space.spi.Capability} what the backend promises beyond the rules for
 *       all.
 *   <li>{@link dev.isopace.space.spi.AbstractSpace} makes the checks of every operation in the
 *       order that the contract asks for, and leaves eight primitives to the backend. It is made of
 *       {@link dev.isopace.space.spi.Arguments}, {@link dev.isopace.space.spi.Deadline} and {@link
 *       dev.isopace.space.spi.Lifecycle}, which are usable on their own.
 *   <li>{@link dev.isopace.space.spi.Coder} calls a codec and turns its failures into the
 *       exceptions of the contract; {@link dev.isopace.space.spi.Tenacity} locks, parks and wakes
 *       despite a temporary lack of memory; {@link dev.isopace.space.spi.VirtualThreads} tells
 *       virtual threads from others.
 * </ul>
 *
 * <p>Unless stated otherwise, a null argument is a {@link NullPointerException} that names it, and
 * the classes here are thread-safe.
 */
package dev.isopace.space.spi;
