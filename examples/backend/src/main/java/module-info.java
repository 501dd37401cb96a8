import com.example.backend.SimpleProvider;
import dev.isopace.space.spi.SpaceProvider;

/** A backend of {@code simple:}. It exports nothing: its users name a URI. */
@org.jspecify.annotations.NullMarked
module com.example.backend {
  requires dev.isopace.space;
  requires static org.jspecify;

  provides SpaceProvider with
      SimpleProvider;
}
