"""What is asked for: draft, plan and schedule of a switch, and a request that waits."""
