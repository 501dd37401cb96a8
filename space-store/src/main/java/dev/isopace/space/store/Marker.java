package dev.isopace.space.store;

/** A record that says something of the log itself. */
final class Marker extends Operation {
  private final int type;
  private final byte[] body;

  private Marker(int type, int bodyLength) {
    super(Thread.currentThread());
    this.type = type;
    this.body = new byte[bodyLength];
  }

  /** What a segment begins with. */
  static Marker start(int oldest, LogEnd previous) {
    Marker marker = new Marker(Format.START, Format.START_BODY);
    Format.putStart(marker.body, 0, oldest, previous);
    return marker;
  }

  /** Segments before that one may be missing from now on. */
  static Marker oldest(int id) {
    Marker marker = new Marker(Format.OLDEST, Format.OLDEST_BODY);
    Format.putOldest(marker.body, 0, id);
    return marker;
  }

  /** All before that place was durable. */
  static Marker durable(int id, long offset) {
    Marker marker = new Marker(Format.DURABLE, Format.DURABLE_BODY);
    Format.putDurable(marker.body, 0, id, offset);
    return marker;
  }

  @Override
  int type() {
    return type;
  }

  @Override
  byte[] key() {
    return Format.NO_BYTES;
  }

  byte[] body() {
    return body;
  }

  @Override
  int bodyLength() {
    return body.length;
  }

  @Override
  void writeBody(byte[] bytes, int at) {
    System.arraycopy(body, 0, bytes, at, body.length);
  }

  @Override
  void commit(Segment segment, long position, long sequence) {}

  @Override
  void cancel(Outcome failure) {}
}
