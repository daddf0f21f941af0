"""Generated activity whose truth is known: what the detectors are measured on."""
