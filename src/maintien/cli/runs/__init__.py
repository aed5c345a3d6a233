"""Looking at runs, taking them back, going on with them; and what every command needs that begins one."""
