"""A Python language host for an engine that was built from its modules.

The official CLI brings a host of its own, in Go; the Go module proxy does not hold that one. This one speaks the same
protocol (`pulumi/language.proto`) over the stubs inside the Python SDK: it runs programs, component providers and
policy packs, and installs their dependencies. It does not generate SDKs or programs, and says so.
"""
