"""Certificates are renewed in time whenever somebody deploys in the margin, and only then."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.front.origin_certificate import VALIDITIES
from multicloud.front.renewal import check_margin, day, default_margin, next_renewal, period

DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))
TERMS = st.integers(2, 5475).flatmap(lambda validity: st.tuples(st.just(validity), st.integers(1, validity - 1)))


@given(as_of=DAYS, terms=TERMS)
def test_nothing_changes_before_the_next_renewal_and_all_of_it_then(as_of: date, terms: tuple[int, int]) -> None:
    due = next_renewal(as_of, *terms)
    assert period(due - timedelta(days=1), *terms) == period(as_of, *terms)
    assert period(due, *terms) == period(as_of, *terms) + 1
    assert as_of < due <= as_of + timedelta(days=terms[0] - terms[1])


@given(made=DAYS, terms=TERMS)
def test_the_whole_margin_is_left_when_a_certificate_of_any_day_is_due(made: date, terms: tuple[int, int]) -> None:
    validity, margin = terms
    expires = made + timedelta(days=validity)
    assert expires - next_renewal(made, *terms) >= timedelta(days=margin)


@given(one=DAYS, other=DAYS, terms=TERMS)
def test_a_later_day_has_no_lower_number(one: date, other: date, terms: tuple[int, int]) -> None:
    assert period(min(one, other), *terms) <= period(max(one, other), *terms)


@pytest.mark.parametrize(("validity", "margin"), [(7, 2), (30, 10), (90, 30), (365, 60), (5475, 60)])
def test_the_margin_is_a_third_and_sixty_days_at_most(validity: int, margin: int) -> None:
    assert default_margin(validity) == margin


def test_every_default_margin_is_a_legal_one() -> None:
    for validity in VALIDITIES:
        check_margin(validity, default_margin(validity))


@pytest.mark.parametrize("margin", [-1, 0, 30, 31])
def test_a_margin_without_a_period_or_without_a_day_is_refused(margin: int) -> None:
    with pytest.raises(ArgumentError) as refused:
        check_margin(30, margin)
    wrong = f"renew_before_days: {margin} is outside 1 to 29 days, of the 30 that a certificate is valid; leave it out, which is 10"
    assert str(refused.value) == wrong


def test_the_day_is_the_given_one_or_todays_in_utc() -> None:
    assert day("2026-12-31") == date(2026, 12, 31)
    before = datetime.now(UTC).date()
    assert before <= day(None) <= datetime.now(UTC).date()
    with pytest.raises(ArgumentError) as refused:
        day("31.12.2026")
    assert str(refused.value) == "as_of: '31.12.2026' is no day; write it as 2026-12-31, or leave it out, which is today"
