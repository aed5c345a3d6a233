"""What people use maintien for, whatever they use it through: the command line and the web call these."""
