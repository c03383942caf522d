"""Certificates are renewed in time whenever somebody deploys in the margin, and only then."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.front.origin_certificate import VALIDITIES
from multicloud.front.renewal import check_margin, day, default_margin, newest, next_renewal, next_turn, period, turns

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


IN_TURN = st.integers(3, 5475).flatmap(lambda validity: st.tuples(st.just(validity), st.integers(1, validity - 2)))


@given(as_of=DAYS, terms=IN_TURN)
def test_of_two_certificates_at_most_one_is_new_on_a_day(as_of: date, terms: tuple[int, int]) -> None:
    """So that the world always knows one that was there before."""
    before, after = turns(as_of - timedelta(days=1), *terms), turns(as_of, *terms)
    new = [name for name in after if after[name].number != before[name].number]
    assert len(new) <= 1 and all(after[name].number == before[name].number + 1 for name in new)
    assert new == [name for name in after if before[name].ends == as_of] == [name for name in after if after[name].begins == as_of]
    assert (next_turn(before) == as_of) == bool(new)


@given(as_of=DAYS, terms=IN_TURN)
def test_the_newest_is_the_one_that_changed_last(as_of: date, terms: tuple[int, int]) -> None:
    planned = turns(as_of, *terms)
    assert all(turn.begins <= as_of < turn.ends == turn.begins + timedelta(days=terms[0] - terms[1]) for turn in planned.values())
    shown = planned[newest(planned)]
    (other,) = (turn for turn in planned.values() if turn is not shown)
    assert other.begins < shown.begins and other.ends < shown.ends
    assert newest(turns(next_turn(planned), *terms)) != newest(planned), "they take turns"


def test_turns_are_half_a_period_apart() -> None:
    ends = sorted({turn.ends for later in range(0, 730, 5) for turn in turns(date(2026, 1, 1) + timedelta(days=later), 365, 60).values()})
    assert {(later - earlier).days for earlier, later in itertools.pairwise(ends)} == {152, 153}


@st.composite
def deployments(draw: st.DrawFn) -> tuple[tuple[int, int], list[date]]:
    """The terms of two certificates, and days on which somebody deploys: at least every half period."""
    validity, margin = terms = draw(IN_TURN)
    longest = (validity - margin) // 2
    pauses = draw(st.lists(st.one_of(st.just(longest), st.integers(1, longest)), min_size=1, max_size=40))
    return terms, list(itertools.accumulate(pauses, lambda last, pause: last + timedelta(days=pause), initial=draw(DAYS)))


@given(deployments())
def test_what_is_shown_has_more_than_the_margin_left_and_a_renewal_leaves_it_alone(given: tuple[tuple[int, int], list[date]]) -> None:
    """Certificates are made on the days of deployments, the shown one changes there, and nothing does between them."""
    terms, days = given
    validity, margin = terms
    half = (validity - margin) // 2
    planned = turns(days[0], *terms)
    made = dict.fromkeys(planned, days[0])
    for as_of in days[1:]:
        shown = newest(planned)
        expires = made[shown] + timedelta(days=validity)
        assert expires - next_turn(planned) >= timedelta(days=margin + half), "as the component's docstring says"
        assert expires - as_of > timedelta(days=margin), "until somebody deploys again"
        later = turns(as_of, *terms)
        replaced = {name for name in later if later[name].number != planned[name].number}
        assert shown not in replaced, "who still shows it may go on"
        made |= dict.fromkeys(replaced, as_of)
        planned = later


@given(as_of=DAYS, terms=IN_TURN, data=st.data())
def test_nobody_has_to_deploy_before_the_margin_and_half_a_period_are_over(
    as_of: date, terms: tuple[int, int], data: st.DataObject
) -> None:
    """A pause that long makes both certificates anew at once, and yet what is shown has not run out."""
    validity, margin = terms
    planned = turns(as_of, *terms)
    late = next_turn(planned) + timedelta(days=data.draw(st.integers(0, margin + (validity - margin) // 2 - 1)))
    assert late < planned[newest(planned)].begins + timedelta(days=validity)


@pytest.mark.parametrize(("validity", "margin"), [(7, 2), (30, 10), (90, 30), (365, 60), (5475, 60)])
def test_the_margin_is_a_third_and_sixty_days_at_most(validity: int, margin: int) -> None:
    assert default_margin(validity) == margin


def test_every_default_margin_is_a_legal_one() -> None:
    for validity in VALIDITIES:
        check_margin(validity, default_margin(validity))


def test_half_a_period_is_a_day_at_least() -> None:
    check_margin(7, 5)
    with pytest.raises(ArgumentError) as refused:
        check_margin(7, 6)
    assert str(refused.value) == "renew_before_days: 6 leaves no time between renewals; leave it out"


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
