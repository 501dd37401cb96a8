/** The distributed backend of space. */
package dev.isopace.space.nats;
