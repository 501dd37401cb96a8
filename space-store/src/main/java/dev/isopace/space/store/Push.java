package dev.isopace.space.store;

/** An entry on its way into the log. */
final class Push extends Operation {
  private final Effects effects;
  private final String key;
  private final byte[] keyBytes;
  private final byte[] value;

  Push(Effects effects, String key, byte[] keyBytes, byte[] value) {
    super(Thread.currentThread());
    this.effects = effects;
    this.key = key;
    this.keyBytes = keyBytes;
    this.value = value;
  }

  @Override
  int type() {
    return Format.PUSH;
  }

  @Override
  byte[] key() {
    return keyBytes;
  }

  @Override
  int bodyLength() {
    return value.length;
  }

  @Override
  void writeBody(byte[] bytes, int at) {
    System.arraycopy(value, 0, bytes, at, value.length);
  }

  @Override
  void commit(Segment segment, long position, long sequence) {
    effects.pushed(key, keyBytes, value, segment, length, position, sequence);
  }

  @Override
  void cancel(Outcome failure) {}
}
