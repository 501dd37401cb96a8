/**
 * The distributed backend: spaces in streams of NATS JetStream, by URIs {@code
 * nats://host:4222/name}, or over connections that the program makes itself, by {@link
 * dev.isopace.space.nats.NatsSpaces}.
 */
package dev.isopace.space.nats;
