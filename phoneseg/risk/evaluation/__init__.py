"""How good each detector is on generated data whose truth is known."""
