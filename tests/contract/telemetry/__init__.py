"""What processes tell programs of others: probes, figures, traces."""
