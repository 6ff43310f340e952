"""What should make a reader careful, found by rule."""
