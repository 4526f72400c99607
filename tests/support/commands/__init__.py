"""The command line as processes: into pipes, and on a terminal."""
