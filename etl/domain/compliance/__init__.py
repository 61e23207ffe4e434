"""Steps against their targets: the judge, stamps, pauses, flags."""
