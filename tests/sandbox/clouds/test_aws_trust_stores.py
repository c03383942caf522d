"""The stand-in AWS: files in buckets, and trust stores that listeners ask visitors' certificates of."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.clouds import pki
from sandbox.clouds.aws import words
from sandbox.lifecycle import State
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.aws import Account
from tests.sandbox.clouds.test_aws_certificates import IMPORTED


def authority(is_ca: bool = True) -> str:
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clients")])
    now = datetime.now(UTC)
    names = pki.Names(subject=subject)
    signer = pki.Authority(subject=subject, key=key)
    return pki.issue(signer, key.public_key(), names, serial=1, start=now, end=now + timedelta(days=1), is_ca=is_ca)


def stored(aws: Account, content: str, key: str = "ca.pem") -> tuple[State, State]:
    """A bucket with a file."""
    bucket = aws.make(words.BUCKET)
    return bucket, aws.make(words.OBJECT, {"bucket": bucket.id, "key": key, "content": content})


def trust(aws: Account, content: str | None = None) -> State:
    bucket, file = stored(aws, authority() if content is None else content)
    return aws.make(words.TRUST_STORE, {"caCertificatesBundleS3Bucket": bucket.id, "caCertificatesBundleS3Key": file.outputs["key"]})


def listener(aws: Account, mutual: Values | None, **changes: object) -> State:
    vpc, subnets = aws.public()
    inputs: Values = {
        "loadBalancerArn": aws.make(words.LOAD_BALANCER, {"subnets": subnets}).id,
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": aws.make(words.CERTIFICATE, IMPORTED).id,
        "defaultActions": [{"type": "forward", "targetGroupArn": aws.target(vpc).id}],
        "mutualAuthentication": mutual,
        **changes,
    }
    return aws.make(words.LISTENER, {name: value for name, value in inputs.items() if value is not None})


def test_a_trust_store_has_the_arn_that_listeners_name(aws: Account) -> None:
    made = trust(aws)
    assert made.outputs["arn"] == made.id
    assert made.id.startswith("arn:aws:elasticloadbalancing:eu-central-1:123456789012:truststore/")
    assert listener(aws, {"mode": "verify", "trustStoreArn": made.id}).outputs["mutualAuthentication"]["trustStoreArn"] == made.id


def test_it_stays_while_a_listener_names_it_and_goes_when_that_asks_for_nothing_any_more(aws: Account) -> None:
    made = trust(aws)
    asking = listener(aws, {"mode": "verify", "trustStoreArn": made.id})
    with pytest.raises(Refused, match=r"TrustStoreInUse: .* is currently in use by a listener"):
        aws.delete(words.TRUST_STORE, made)
    aws.change(words.LISTENER, asking, mutualAuthentication={"mode": "off"})
    aws.delete(words.TRUST_STORE, made)


def test_what_is_left_out_stays_on(aws: Account) -> None:
    """The provider takes the block for one that AWS fills in: off has to be said."""
    on = {"loadBalancerArn": "arn:aws:x:::y", "protocol": "HTTPS", "certificateArn": "arn:aws:x:::y", "defaultActions": []}
    mutual = {"mutualAuthentication": {"mode": "verify", "trustStoreArn": "arn:aws:x:::y"}}
    assert not aws.compare(words.LISTENER, on | mutual, on).changes
    assert aws.compare(words.LISTENER, on | mutual, on | {"mutualAuthentication": {"mode": "off"}}).changes


@pytest.mark.parametrize(
    ("mutual", "changes", "says"),
    [
        ({"mode": "verify"}, {}, "A trust store must be specified for mutual authentication mode 'verify'"),
        ({"mode": "off", "trustStoreArn": "arn:aws:x:::y"}, {}, "A trust store cannot be specified for mutual authentication mode 'off'"),
        ({"mode": "off"}, {"protocol": "HTTP", "certificateArn": None}, "Mutual authentication is not supported for HTTP listeners"),
        (
            {"mode": "verify", "trustStoreArn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:truststore/a/b"},
            {},
            "TrustStoreNotFound",
        ),
    ],
)
def test_a_listener_that_cannot_ask_is_refused(aws: Account, mutual: Values, changes: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        listener(aws, mutual, **changes)


def test_several_authorities_are_taken(aws: Account) -> None:
    trust(aws, authority() + authority())


@pytest.mark.parametrize("content", ["", "ca.pem", authority(is_ca=False), authority().replace("M", "?")])
def test_a_file_that_holds_no_authorities_is_refused(aws: Account, content: str) -> None:
    with pytest.raises(Refused, match="InvalidCaCertificatesBundle"):
        trust(aws, content)


def test_too_many_authorities_are_refused(aws: Account) -> None:
    with pytest.raises(Refused, match="TooManyCaCertificates"):
        trust(aws, authority() * 26)


def test_a_file_has_to_be_there_when_it_is_named(aws: Account) -> None:
    bucket, file = stored(aws, authority())
    made = aws.make(words.TRUST_STORE, {"caCertificatesBundleS3Bucket": bucket.id, "caCertificatesBundleS3Key": "ca.pem"})
    with pytest.raises(Refused, match="CaCertificatesBundleNotFound"):
        aws.change(words.TRUST_STORE, made, caCertificatesBundleS3Key="other.pem")
    # It was read then; now it may go.
    aws.delete(words.OBJECT, file)


def test_another_file_is_read_in_place(aws: Account) -> None:
    before = {"caCertificatesBundleS3Bucket": "b", "caCertificatesBundleS3Key": "old.pem"}
    difference = aws.compare(words.TRUST_STORE, before, before | {"caCertificatesBundleS3Key": "new.pem"})
    assert difference.changes and not difference.replaces


def test_a_bucket_with_a_file_stays(aws: Account) -> None:
    bucket, file = stored(aws, "text")
    with pytest.raises(Refused, match="BucketNotEmpty"):
        aws.delete(words.BUCKET, bucket)
    aws.delete(words.OBJECT, file)
    aws.delete(words.BUCKET, bucket)


def test_a_file_under_another_name_is_another_one_and_other_contents_are_not(aws: Account) -> None:
    file = {"bucket": "b", "key": "k", "content": "a"}
    assert aws.compare(words.OBJECT, file, file | {"key": "l"}).replaces
    difference = aws.compare(words.OBJECT, file, file | {"content": "b"})
    assert difference.changes and not difference.replaces


def test_a_file_takes_ten_tags(aws: Account) -> None:
    bucket = aws.make(words.BUCKET)
    with pytest.raises(Refused, match="Object tags cannot be greater than 10"):
        aws.make(words.OBJECT, {"bucket": bucket.id, "key": "k", "tags": {f"tag-{number}": "" for number in range(11)}})
