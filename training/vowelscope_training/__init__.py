"""Training of the networks that vowelscope explains; run as a process of its own."""
