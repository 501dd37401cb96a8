package dev.isopace.space.store;

import dev.isopace.space.store.disk.Disk;

/** What stands between a log and the disk that records. */
interface Wrapping {
  Wrapping NONE = disk -> disk;

  Disk around(SimulatedDisk disk);
}
