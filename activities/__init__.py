"""Steps of a switch as Temporal activities; `contract` is what the workflows may import."""
