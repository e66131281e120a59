"""Use cases: they take Deps and plain values, own short transactions, and return domain values."""
