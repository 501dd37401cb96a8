package dev.isopace.space.nats;

import io.nats.client.api.StorageType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a space is to be like.
 *
 * @param creates whether to create the stream if it does not exist
 * @param storage where its entries are
 * @param replicas how many servers hold it; null if that was not said
 * @param maxBytes how large it may grow; null if that was not said
 * @param maxEntries how many entries it may hold; null if that was not said
 * @param duplicates for how long the server remembers message ids; null if that was not said
 * @param isStrict whether reads of a replicated stream are preceded by a barrier
 * @param timeout how long an operation waits for an answer of the server
 */
record Settings(
    boolean creates,
    StorageType storage,
    @Nullable Integer replicas,
    @Nullable Long maxBytes,
    @Nullable Long maxEntries,
    @Nullable Duration duplicates,
    boolean isStrict,
    Duration timeout) {}
