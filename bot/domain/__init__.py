"""The rules of the product: pure, with `now` and randomness as arguments."""
