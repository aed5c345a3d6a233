"""What every command needs that begins a run or goes on with one."""
