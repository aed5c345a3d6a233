"""What every command line has: options for all commands, help, errors."""
