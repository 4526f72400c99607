"""Facts that hold for generated inputs."""
