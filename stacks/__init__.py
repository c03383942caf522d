"""The environments: their files, what a file may say, and how components are composed from it."""
