package dev.isopace.space.store;

/** The removal of an entry, which its taker has claimed, on its way into the log. */
final class Removal extends Operation {
  private final Effects effects;
  final KeyQueue queue;

  /** What the taker receives. */
  final Object value;

  /** The record that pushed the entry. */
  private final byte[] record;

  Removal(Effects effects, KeyQueue queue, Waiter taker, byte[] record, Object value) {
    super(taker.thread);
    this.effects = effects;
    this.queue = queue;
    this.record = record;
    this.value = value;
  }

  /** The entry as it was encoded. */
  byte[] payload() {
    return Format.payload(record);
  }

  int recordLength() {
    return Format.recordLength(record, 0);
  }

  @Override
  int type() {
    return Format.REMOVAL;
  }

  @Override
  byte[] key() {
    return queue.keyBytes;
  }

  @Override
  int bodyLength() {
    return Format.REMOVAL_BODY;
  }

  @Override
  void writeBody(byte[] bytes, int at) {
    Format.putRemoval(bytes, at, queue.begin, Format.sequence(record, 0));
  }

  @Override
  void commit(Segment segment, long position, long sequence) {
    effects.removed(this);
  }

  @Override
  void cancel(Outcome failure) {
    queue.release();
    effects.passTurn(queue, this);
  }
}
