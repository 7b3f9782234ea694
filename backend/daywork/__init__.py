"""Hours worked in the field, signed off on a phone, booked once.

The map of the house, from the door to the pure core. A layer imports only the
layers below it.

cli            commands for people and for machines
composition    the only place that chooses implementations
settings       the only reader of the environment
api, jobs      the two doors: HTTP requests and durable work
usecases       one file per duty, one transaction each
store          the only SQL
accounting     the road to the ledger
notifications  web push
core           pure rules: no clock, no random, no input or output
"""
