"""The web application: pages call what the command line calls, and hold no rule of their own."""
