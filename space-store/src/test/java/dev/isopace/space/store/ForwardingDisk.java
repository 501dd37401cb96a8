package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;
import dev.isopace.space.store.disk.Handle;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Does what another disk does; those that do something else here and there extend it. */
abstract class ForwardingDisk implements Disk {
  private final Disk disk;

  ForwardingDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public Handle open(String name, Mode mode) throws IOException {
    return disk.open(name, mode);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void syncDir() throws IOException {
    disk.syncDir();
  }

  @Override
  public List<String> list() throws IOException {
    return disk.list();
  }

  @Override
  public long totalSpace() {
    return disk.totalSpace();
  }

  @Override
  public long usableSpace() {
    return disk.usableSpace();
  }

  @Override
  public Closeable lock() throws IOException {
    return disk.lock();
  }

  @Override
  public String show(String name) {
    return disk.show(name);
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  /** Does what another handle does. */
  abstract static class ForwardingHandle implements Handle {
    final Handle handle;

    ForwardingHandle(Handle handle) {
      this.handle = handle;
    }

    @Override
    public int write(ByteBuffer buffer, long at) throws IOException {
      return handle.write(buffer, at);
    }

    @Override
    public int read(ByteBuffer buffer, long at) throws IOException {
      return handle.read(buffer, at);
    }

    @Override
    public void force() throws IOException {
      handle.force();
    }

    @Override
    public void truncate(long size) throws IOException {
      handle.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return handle.size();
    }

    @Override
    public void close() throws IOException {
      handle.close();
    }
  }
}
