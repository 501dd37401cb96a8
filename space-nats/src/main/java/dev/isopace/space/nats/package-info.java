/**
 * The distributed backend: spaces in streams of NATS JetStream, by URIs {@code
 * nats://host:4222/name}, or over connections that the program makes itself, by {@link
 * dev.isopace.space.nats.NatsSpaces}.
 *
 * <p>docs/nats.md of the project describes the protocol. To read the code, begin with {@code
 * Streams} (the stream), {@code Questions} (how the server is asked), {@code Heads} and {@code
 * RemoteStream} (what it is asked for); then {@code Line} (how takers of one key wait), {@code
 * Takers} and {@code Claim} (how they take) and {@code Writer} (how {@code out} writes).
 */
package dev.isopace.space.nats;
