"""Tests of the bill: property tests against slow oracles, and the worked stories of docs/ledger.md."""
