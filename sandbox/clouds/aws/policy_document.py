"""The look-up that writes IAM policies: `aws.iam.get_policy_document`."""

import json
from collections.abc import Iterable
from typing import Any

from sandbox.rules import Asking, Refused, Values


def get_policy_document(asking: Asking) -> Values:
    """Statements as JSON, laid between the documents that they extend and those that override them."""
    args = asking.args
    document: dict[str, Any] = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    statements: list[Values] = []
    for text in _documents(args, "sourceJson", "sourcePolicyDocuments"):
        for statement in _parsed(text, document):
            if statement.get("Sid") and any(statement["Sid"] == other.get("Sid") for other in statements):
                raise Refused(
                    f"duplicate Sid ({statement['Sid']}) in source_policy_documents", property="sourcePolicyDocuments", by="provider"
                )
            statements.append(statement)
    statements = _laid_over(statements, [_statement(given) for given in args.get("statements") or []])
    for text in _documents(args, "overrideJson", "overridePolicyDocuments"):
        statements = _laid_over(statements, _parsed(text, document))
    document["Statement"] = statements
    return {"json": json.dumps(document, indent=2), "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _documents(args: Values, single: str, several: str) -> Iterable[str]:
    return [text for text in (args.get(single), *(args.get(several) or [])) if text]


def _parsed(text: str, document: dict[str, Any]) -> list[Values]:
    try:
        policy = json.loads(text)
    except ValueError:
        raise Refused("a source or override is not a policy in JSON", by="provider") from None
    for key in ("Version", "Id"):
        if key in policy:
            document[key] = policy[key]
    statements = policy.get("Statement", [])
    return [statements] if isinstance(statements, dict) else list(statements)


def _laid_over(below: list[Values], above: list[Values]) -> list[Values]:
    """Statements with the same `Sid` take the place of those below."""
    merged = list(below)
    for statement in above:
        place = next((i for i, other in enumerate(merged) if statement.get("Sid") and other.get("Sid") == statement["Sid"]), None)
        if place is None:
            merged.append(statement)
        else:
            merged[place] = statement
    return merged


def _statement(given: Values) -> Values:
    made: Values = {"Sid": given["sid"]} if given.get("sid") else {}
    made["Effect"] = given.get("effect") or "Allow"
    for name, key in (("actions", "Action"), ("notActions", "NotAction"), ("resources", "Resource"), ("notResources", "NotResource")):
        if given.get(name):
            made[key] = _one_or_all(sorted(given[name], reverse=True), escaped=True)
    for name, key in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if given.get(name):
            made[key] = _principals(given[name])
    if given.get("conditions"):
        conditions: dict[str, dict[str, Any]] = {}
        for condition in given["conditions"]:
            conditions.setdefault(condition["test"], {})[condition["variable"]] = _one_or_all(condition["values"], escaped=True)
        made["Condition"] = conditions
    return made


def _principals(given: list[Values]) -> Any:
    found: dict[str, list[str]] = {}
    for principal in given:
        if principal["type"] == "*" and principal["identifiers"] == ["*"]:
            return "*"
        found.setdefault(principal["type"], []).extend(principal["identifiers"])
    return {kind: _one_or_all(sorted(identifiers, reverse=True)) for kind, identifiers in found.items()}


def _one_or_all(values: list[str], *, escaped: bool = False) -> Any:
    """One value alone, several as a list; `&{…}` is how a program writes IAM's own `${…}`."""
    texts = [value.replace("&{", "${") if escaped else value for value in values]
    return texts[0] if len(texts) == 1 else texts
