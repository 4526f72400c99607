"""What a running process shows of itself: probes, figures for Prometheus, traces, the lines of the SDK."""
