"""Names fit and stay apart."""

from hypothesis import given
from hypothesis import strategies as st

from multicloud.naming import fitted

NAMES = st.from_regex(r"\A[a-z][a-z0-9-]{0,80}\Z")
LIMITS = st.integers(min_value=10, max_value=63)


@given(NAMES, LIMITS)
def test_a_name_fits_and_is_stable(name: str, limit: int) -> None:
    assert len(fitted(name, limit)) <= limit
    assert fitted(name, limit) == fitted(name, limit)


@given(NAMES, LIMITS)
def test_a_name_that_fits_is_kept(name: str, limit: int) -> None:
    if len(name) <= limit:
        assert fitted(name, limit) == name


@given(NAMES, NAMES, LIMITS)
def test_two_long_names_stay_apart(one: str, other: str, limit: int) -> None:
    prefix = "a" * limit
    if one != other:
        assert fitted(prefix + one, limit) != fitted(prefix + other, limit)


@given(NAMES, LIMITS)
def test_a_cut_name_has_no_double_hyphen_at_the_seam(name: str, limit: int) -> None:
    cut = fitted(name, limit)
    if cut != name:
        assert not cut[:-8].endswith("-")
        assert cut[-8] == "-"
