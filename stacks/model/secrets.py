"""What a tier needs and an environment must not say: secrets, from keys of their own in a stack's configuration."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pulumi
from pulumi.runtime import config as runtime

from multicloud.errors import ArgumentError
from multicloud.web.exposure import Certificate, check_token

from .front import Front

NAMESPACE = "multicloud"
CERTIFICATE = f"{NAMESPACE}:originCertificate"
PRIVATE_KEY = f"{NAMESPACE}:originPrivateKey"
TOKEN = f"{NAMESPACE}:registrationToken"
WEBHOOKS = f"{NAMESPACE}:notificationWebhooks"

KEYS = {
    CERTIFICATE: "The certificate of the tiers that say `certificate: true`, in PEM form, with its intermediate ones after it, if any. "
    "Not with `front.origin_certificate`, which makes one.",
    PRIVATE_KEY: "Its private key in PEM form. `pulumi config set --secret`.",
    TOKEN: "A token of Cloudflare that may edit the zone's DNS, for `registration` on DigitalOcean and on machines of somebody else. "
    "`pulumi config set --secret`.",
    WEBHOOKS: "The URLs of `front.notifications.webhooks`, by their names. `pulumi config set --secret --path`.",
}
"""The keys beside `multicloud:environment`, for editors."""

ENCRYPTED = (PRIVATE_KEY, TOKEN, WEBHOOKS)
"""Those that are refused in plain text."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The secrets of a stack; each None where the stack has none."""

    certificate: Certificate | None = field(default=None, repr=False)
    token: pulumi.Input[str] | None = field(default=None, repr=False)
    """What machines register with."""
    webhooks: Mapping[str, pulumi.Input[str]] | None = field(default=None, repr=False)
    """URLs by the names of webhooks."""
    are_examples: bool = False
    """Whether they stand for secrets that are not known yet, as many as there are."""

    def webhook(self, name: str) -> pulumi.Input[str] | None:
        """The URL of a webhook; None where the stack has none of that name."""
        return "https://example.com/" if self.are_examples else (self.webhooks or {}).get(name)

    def shown(self, certificate: Certificate | None, client_ca: pulumi.Input[str] | None) -> "Secrets":
        """The same with what is made beside the front.

        Args:
            certificate: The certificate of the tiers, instead of the stack's, if there is one.
            client_ca: The authority of the certificate that tiers ask Cloudflare for, if they do, in PEM form.
        """
        certificate = certificate or self.certificate
        if certificate is not None and client_ca is not None:
            certificate = replace(certificate, client_ca=client_ca)
        return replace(self, certificate=certificate)

    def expected(self, front: Front) -> "Secrets":
        """The same with examples of what will be made beside the front."""
        certificate = None if front.origin_certificate is None else EXAMPLES.certificate
        return self.shown(certificate, EXAMPLE_CA if front.requires_pulls else None)

    def hidden(self) -> "Secrets":
        """The same as Pulumi's secrets, to be given to components."""
        shown = self.certificate
        return Secrets(
            certificate=shown and replace(shown, private_key=pulumi.Output.secret(shown.private_key)),
            token=None if self.token is None else pulumi.Output.secret(self.token),
            webhooks=self.webhooks and {name: pulumi.Output.secret(url) for name, url in self.webhooks.items()},
        )


EXAMPLE_CA = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"

EXAMPLES = Secrets(
    certificate=Certificate(
        certificate=EXAMPLE_CA,
        private_key="-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n",
    ),
    token="x" * 40,
    are_examples=True,
)
"""What stands for them while an environment is checked by itself."""


def configured() -> tuple[Secrets, list[ArgumentError]]:
    """The secrets of the stack that runs, in plain, and every mistake in them. No value is ever shown."""
    errors: list[ArgumentError] = []

    def read(key: str) -> str | None:
        text = runtime.get_config(key)
        if text is not None and key in ENCRYPTED and not runtime.is_config_secret(key):
            how = f"--path '{key}.<name>'" if key == WEBHOOKS else key
            mend = f"take it out of there, make a new one, and write: pulumi config set --secret {how}"
            errors.append(ArgumentError(key, "stands in the stack's file in plain text", mend))
            return None
        return None if text is None else str(text)

    def checked(check: Callable[[], None], paths: dict[str, str]) -> bool:
        try:
            check()
        except ArgumentError as error:
            errors.append(ArgumentError(paths[error.path], error.wrong, error.mend))
            return False
        return True

    shown, key, token = read(CERTIFICATE), read(PRIVATE_KEY), read(TOKEN)
    certificate = None
    if shown is not None and key is not None:
        first, *others = _PEM.findall(shown) or [shown]
        certificate = Certificate(certificate=first, private_key=key, chain="".join(others) or None)
        paths = {"certificate.certificate": CERTIFICATE, "certificate.chain": CERTIFICATE, "certificate.private_key": PRIVATE_KEY}
        if not checked(certificate.check, paths):
            certificate = None
    if token is not None and not checked(partial(check_token, token, TOKEN), {TOKEN: TOKEN}):
        token = None
    return Secrets(certificate=certificate, token=token, webhooks=_webhooks(read(WEBHOOKS), errors)), errors


def _webhooks(text: str | None, errors: list[ArgumentError]) -> dict[str, str] | None:
    """URLs by name, from the JSON text that Pulumi makes of a map in a configuration."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        errors.append(ArgumentError(WEBHOOKS, "is no map", f"write: pulumi config set --secret --path '{WEBHOOKS}.<name>'"))
        return None
    for name, url in found.items():
        if not isinstance(url, str) or not re.fullmatch(r"https://\S+", url):
            errors.append(ArgumentError(f"{WEBHOOKS}.{name}", "is not a URL of https", "set the one that the service shows"))
    return found
