package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk of which a test hears before and after each call that changes something. */
final class HookedDisk extends ForwardingDisk {
  /** Hears of a call; what it throws, the call does. */
  interface Hook {
    void heard(String call, String file) throws IOException;
  }

  static final String CREATE = "create";
  static final String WRITE = "write";

  /** To where the first record of a segment is. */
  static final String FIRST_WRITE = "first write";

  static final String FORCE = "force";
  static final String RENAME = "rename";

  volatile Hook before = (call, file) -> {};
  volatile Hook after = (call, file) -> {};

  HookedDisk(Disk disk) {
    super(disk);
  }

  @Override
  public Handle open(String name, Mode mode) throws IOException {
    if (mode == Mode.CREATE) {
      before.heard(CREATE, name);
    }
    return new ForwardingHandle(super.open(name, mode)) {
      @Override
      public int write(ByteBuffer buffer, long at) throws IOException {
        before.heard(at == Format.HEADER ? FIRST_WRITE : WRITE, name);
        return super.write(buffer, at);
      }

      @Override
      public void force() throws IOException {
        before.heard(FORCE, name);
        super.force();
        after.heard(FORCE, name);
      }
    };
  }

  @Override
  public void rename(String from, String to) throws IOException {
    before.heard(RENAME, from);
    super.rename(from, to);
    after.heard(RENAME, from);
  }
}
