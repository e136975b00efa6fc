"""What a machine has and lacks for a run, one check at a time; nothing here changes or costs anything."""
