package com.example.plain;

import dev.isopace.space.Codec;
import dev.isopace.space.Space;
import dev.isopace.space.Spaces;

/** Request and response through a space: the smallest program of use. */
public final class Greeter {
  private Greeter() {}

  /**
   * Asks another thread for a greeting, and prints it.
   *
   * @param args none
   * @throws InterruptedException if the program is interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    try (Space<String> space = Spaces.open("local:", Codec.utf8())) {
      Thread server = new Thread(() -> serve(space), "server");
      server.start();
      space.out("greet", "world");
      System.out.println(space.in("greeting of world"));
      server.join();
    }
  }

  private static void serve(Space<String> space) {
    try {
      String name = space.in("greet");
      space.out("greeting of " + name, "Hello, " + name + "!");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
