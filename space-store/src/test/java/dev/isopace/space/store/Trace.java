package dev.isopace.space.store;

import java.util.List;

/** What a disk held at first, and what then happened, in order. */
record Trace(Image initial, List<Event> events) {
  /** The disk after all events. */
  Image image() {
    return image(events.size());
  }

  /** The disk after that many events. */
  Image image(int count) {
    Image image = initial.copy();
    events.subList(0, count).forEach(event -> event.applyTo(image));
    return image;
  }

  /** The first events. */
  Trace until(int count) {
    return new Trace(initial, events.subList(0, count));
  }

  /** How many events there were before a note, or all if there is no such note. */
  int find(String note) {
    int at = events.indexOf(new Event.Note(note));
    return at < 0 ? events.size() : at;
  }

  /** The last events before an instant, as a failure shows them. */
  String show(int instant) {
    StringBuilder text = new StringBuilder();
    for (int i = Math.max(0, instant - 30); i < Math.min(events.size(), instant + 2); i++) {
      text.append(i == instant ? "\n  => " : "\n     ").append(i).append(' ').append(events.get(i));
    }
    return text.toString();
  }
}
