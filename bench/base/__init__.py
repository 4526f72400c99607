"""What several benchmarks need: figures of processes, and a console of its own."""
