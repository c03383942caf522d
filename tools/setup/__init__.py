"""What has to be there before Pulumi can run: the virtual environment, the engine, the sandbox's providers."""
