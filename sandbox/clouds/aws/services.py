"""Certificates, alarms, logs, topics and queues: what a web application meets beside its machines."""

import re

from sandbox.clouds.shared import input_id, known
from sandbox.rules import Autoname, Making, Refused, Unique, Values

from .facts import resource
from .places import digest, letters
from .words import CERTIFICATE, NAME, TOPIC, arn, fresh, names, tags_fit, uuid, words


def _new_uuid(making: Making) -> str:
    return uuid(fresh(making))


# Certificates


def _certificate_outputs(making: Making) -> Values:
    domains = [making.get("domainName", ""), *(making.get("subjectAlternativeNames") or [])]
    requested = making.get("domainName") is not None and making.get("privateKey") is None
    options = []
    for domain in dict.fromkeys(domains):
        stem = domain.removeprefix("*.")
        token = digest("acm", making.scope.account, stem)
        options.append(
            {
                "domainName": domain,
                "resourceRecordName": f"_{token[:32]}.{stem}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{token[32:]}.{letters(10, token).lower()}.acm-validations.aws.",
            }
        )
    by_dns = making.get("validationMethod", "DNS") == "DNS"
    return {
        "arn": making.id,
        "status": "PENDING_VALIDATION" if requested else "ISSUED",
        "type": "AMAZON_ISSUED" if requested else "IMPORTED",
        "domainName": making.get("domainName", ""),
        "subjectAlternativeNames": list(dict.fromkeys(domains)),
        "domainValidationOptions": options if requested and by_dns else [],
        "validationEmails": [] if by_dns else [f"admin@{making.get('domainName')}"],
        "keyAlgorithm": making.get("keyAlgorithm", "RSA_2048"),
        "renewalEligibility": "INELIGIBLE",
        "renewalSummaries": [],
        "pendingRenewal": False,
        "notAfter": "",
        "notBefore": "",
    }


def _in_pem(making: Making) -> None:
    """An import is a certificate and its key, in PEM form, the chain apart from it.

    Source: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
    """
    if making.inputs.get("privateKey") is not None and making.inputs.get("certificateBody") is None:
        raise Refused("ValidationException: A certificate must be given beside its private key", property="certificateBody")
    labels = {"certificateBody": "CERTIFICATE", "privateKey": "PRIVATE KEY", "certificateChain": "CERTIFICATE"}
    for name, label in labels.items():
        for where, text in known(making, name):
            blocks = re.findall(rf"-----BEGIN (?:[A-Z]+ )?{label}-----\s[^-]+-----END (?:[A-Z]+ )?{label}-----", str(text))
            what = re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
            if not blocks:
                raise Refused(f"ValidationException: The {what} is not in a valid PEM format", property=where)
            if len(blocks) > 1 and name != "certificateChain":
                raise Refused(f"ValidationException: The {what} field contains more than one. You can specify only one", property=where)


def _imported(old: Values, new: Values) -> bool:
    return new.get("privateKey") is None


# Messages


def _queue_outputs(making: Making) -> Values:
    return {"arn": arn(making, "sqs", str(making.get("name"))), "url": making.id, "namePrefix": making.get("namePrefix", "")}


def _queue_name(making: Making) -> None:
    name, fifo = making.get("name"), making.get("fifoQueue", False)
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
        raise Refused(f"invalid queue name: {name}", property="name", by="provider")
    if isinstance(name, str) and fifo and not name.endswith(".fifo"):
        raise Refused(f"invalid queue name: {name}: the name of a FIFO queue ends in .fifo", property="name", by="provider")


TYPES = (
    resource(
        CERTIFICATE,
        id=lambda making: arn(making, "acm", f"certificate/{_new_uuid(making)}"),
        outputs=_certificate_outputs,
        replaces_when={"domainName": _imported, "subjectAlternativeNames": _imported},
        sets=words("subjectAlternativeNames validationOptions"),
        checks=(_in_pem, tags_fit),
    ),
    resource(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        id=input_id("name"),
        autoname=NAME,
        outputs=lambda making: {"arn": arn(making, "cloudwatch", f"alarm:{making.id}")},
        sets=words("alarmActions okActions insufficientDataActions metricQueries"),
        checks=(tags_fit,),
    ),
    resource(
        "aws:cloudwatch/logGroup:LogGroup",
        id=input_id("name"),
        autoname=NAME,
        outputs=lambda making: {"arn": arn(making, "logs", f"log-group:{making.id}"), "namePrefix": making.get("namePrefix", "")},
        checks=(tags_fit,),
        unique=(Unique(paths=("name",), message="ResourceAlreadyExistsException: The specified log group already exists ({value})"),),
    ),
    resource(
        TOPIC,
        id=lambda making: arn(making, "sns", str(making.get("name"))),
        autoname=NAME,
        outputs=lambda making: {
            "arn": making.id,
            "owner": making.scope.account,
            "beginningArchiveTime": "",
            "namePrefix": making.get("namePrefix", ""),
        },
        checks=(tags_fit,),
        unique=(
            Unique(
                paths=("name",), message="InvalidParameter: Invalid parameter: Topic already exists with different attributes ({value})"
            ),
        ),
    ),
    resource(
        "aws:sns/topicSubscription:TopicSubscription",
        id=lambda making: f"{making.get('topic')}:{_new_uuid(making)}",
        outputs=lambda making: {
            "arn": making.id,
            "ownerId": making.scope.account,
            "pendingConfirmation": making.get("protocol") in ("email", "email-json", "http", "https"),
            "confirmationWasAuthenticated": making.get("protocol") not in ("email", "email-json", "http", "https"),
        },
        references=(names("topic", TOPIC, by="arn", missing="NotFound: Topic does not exist ({value})"),),
    ),
    resource(
        "aws:sqs/queue:Queue",
        id=lambda making: f"https://sqs.{making.scope.region}.amazonaws.com/{making.scope.account}/{making.get('name')}",
        autoname=Autoname(max_length=80),
        outputs=_queue_outputs,
        checks=(_queue_name, tags_fit),
        unique=(Unique(paths=("name",), message="QueueAlreadyExists: A queue already exists with the same name ({value})"),),
    ),
)
