"""From proofs to a bill: meter, money, grace (pure), and the service that loads, decides, appends."""
