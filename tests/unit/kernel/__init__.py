"""Facts of the kernel and of what is stored for ever."""
