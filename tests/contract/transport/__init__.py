"""The line to a provider on real sockets."""
