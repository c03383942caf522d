"""Stand-in clouds: providers that the unmodified Pulumi engine runs, with no account. See README.md."""
