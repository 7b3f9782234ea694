"""How fast Daywork pushes, pulls and posts, beside the bare database in the same run.

Both databases, the real server process, real signatures, real commits. What is
compared with, R, is the raw driver durably writing the very rows that the product
has just stored, into the same tables with the same indexes, in the same batches.
"""
