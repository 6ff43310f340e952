"""Look at instruction sets: composition, differences, single records, and the card they are published with."""
