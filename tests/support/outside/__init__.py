"""What tests of Temporal's open port share: forged results and messages that are none."""
