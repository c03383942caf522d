"""Finds what is in a cloud without a record in any stack's state, and says what to do about it.

An update that was killed between a cloud's work and its answer leaves such a resource behind. What there is comes from the
sandbox's own state or, for real clouds, from the providers' look-ups (`stacks/inventory.py`); what is recorded comes from
`pulumi stack export`. Nothing is imported or deleted here: the commands for both are printed, for a person to choose.
"""
