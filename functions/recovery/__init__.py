"""Recovery: final states, parked undos, rescues, sweeps, replays and builds outside."""
