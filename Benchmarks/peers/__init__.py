"""Kindred beside its peers: the same file, k, rank, iterations and threads, in one run."""
