"""An independent comparison of `phoneseg.numbers` with `phonenumbers`; it shares no code with the engine."""
