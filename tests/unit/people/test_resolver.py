"""Who is one person, and who is not."""

import random
from collections.abc import Callable

import pytest

from phoneseg.contracts import CONTACT_CANONICAL
from phoneseg.people import Resolution

from .conftest import Known, born

Group = Callable[..., list[set[str]]]
ANN: Known = {"full_name": "Ann Lee", "region_hint": "US"}


@pytest.mark.parametrize(
    "shared",
    [
        {"phones": "one"},
        {"email": "ann.lee77@example.com"},
        {"email": "ann@lee-family.example"},
        {"birth_date": born("1980-05-17")},
        {"postal_code": "10115", "city": "Berlin"},
    ],
    ids=["number", "address with digits", "address of a rare domain", "date of birth", "postal code"],
)
def test_one_name_and_something_that_few_share_are_one_person(group: Group, shared: Known) -> None:
    assert group({"crm:1": {**ANN, **shared}, "shop:7": {**ANN, **shared}}) == [{"crm:1", "shop:7"}]


@pytest.mark.parametrize(
    "shared",
    [{}, {"city": "Berlin", "postal_code": None}, {"birth_date": born("1980-05-17"), "full_name": None}],
    ids=["name", "name and city in one source", "date of birth alone"],
)
def test_what_many_share_makes_no_person(group: Group, shared: Known) -> None:
    assert group({"crm:1": {**ANN, **shared}, "crm:2": {**ANN, **shared}}) == []


def test_a_common_name_needs_more_than_a_rare_one(group: Group) -> None:
    two: dict[str, Known] = {"crm:1": {**ANN, "postal_code": "1"}, "shop:1": {**ANN, "postal_code": "1"}}
    others: dict[str, Known] = {f"crm:x{number}": {**ANN, "postal_code": str(number)} for number in range(2, 60)}
    assert group(two) == [set(two)]
    assert group({**two, **others}) == []


def test_father_and_son_on_one_line_with_one_name_are_two(group: Group) -> None:
    home: Known = {"full_name": "John Smith", "phones": "home", "number_type": "FIXED_LINE", "postal_code": "1"}
    dates = (born("1950-02-03"), born("1981-09-30"))
    assert group({f"crm:{n}": {**home, "birth_date": date} for n, date in enumerate(dates)}) == []
    initials = {
        "crm:1": {**home, "full_name": "J. Smith"},
        "crm:2": {**home, "full_name": "James Smith"},
        "shop:1": home,
    }
    assert all(len(each & {"crm:2", "shop:1"}) < 2 for each in group(initials))


def test_twins_and_couples_who_share_everything_but_the_given_name_are_two(group: Group) -> None:
    home = {
        "phones": "one",
        "email": "the.rossis@example.com",
        "postal_code": "00143",
        "birth_date": born("1990-01-02"),
    }
    assert group({"crm:1": {**home, "full_name": "Mario Rossi"}, "shop:1": {**home, "full_name": "Maria Rossi"}}) == []
    assert group({"crm:1": {**home, "full_name": "Luca Rossi"}, "shop:1": {**home, "full_name": "Rossi, Anna"}}) == []


def test_a_slip_in_the_date_of_birth_does_not_part_a_person(group: Group) -> None:
    known: Known = {**ANN, "phones": "one"}
    for date in ("1980-07-05", "1981-05-07"):
        two = {"crm:1": {**known, "birth_date": born("1980-05-07")}, "shop:1": {**known, "birth_date": born(date)}}
        assert group(two) == [{"crm:1", "shop:1"}]


def test_an_initial_that_fits_two_joins_the_one_that_more_speaks_for(group: Group) -> None:
    contacts: dict[str, Known] = {
        "crm:1": {"full_name": "John Smith", "phones": "one", "email": "smith12@example.com"},
        "crm:2": {"full_name": "James Smith", "phones": "one"},
        "shop:1": {"full_name": "J. Smith", "phones": "one", "email": "smith12@example.com"},
    }
    assert group(contacts) == [{"crm:1", "shop:1"}]


def test_members_reach_each_other_over_others(group: Group) -> None:
    contacts: dict[str, Known] = {
        "crm:1": {**ANN, "phones": "one"},
        "shop:1": {**ANN, "phones": ("one", "two")},
        "help:1": {**ANN, "phones": "two"},
    }
    assert group(contacts) == [set(contacts)]


def test_a_thousand_copies_of_a_contact_are_one_person(group: Group) -> None:
    copies = {f"crm:{number}": {**ANN, "phones": "one", "email": "ann12@example.com"} for number in range(1000)}
    assert group(copies) == [set(copies)]


def test_a_date_that_a_form_fills_in_says_nothing(group: Group) -> None:
    names = [f"{first} {last}" for first in ("Ann", "Bea", "Cid", "Dan", "Eve") for last in ("Ek", "Fux", "Gil", "Hay")]
    contacts: dict[str, Known] = {
        f"{source}:{name}": {"full_name": name, "birth_date": born("1900-01-01"), "region_hint": region}
        for source, region in (("crm", "US"), ("shop", "DE"))
        for name in names
    }
    assert group(contacts) == []


def test_every_contact_has_its_row_and_those_alone_no_rule(resolve_people: Callable[..., Resolution]) -> None:
    told = resolve_people(
        {"crm:1": {**ANN, "phones": "one"}, "crm:2": {}, "shop:1": {**ANN, "phones": "one"}}
    ).canonical
    assert dict(told.schema) == {**CONTACT_CANONICAL.schema, "member_count": told.schema["member_count"]}
    rows = told.drop("source", "score").rows()
    assert rows == [
        ("crm:1", "crm:1", 2, "name,phone"),
        ("crm:2", "crm:2", 1, None),
        ("shop:1", "crm:1", 2, "name,phone"),
    ]
    assert told["score"].is_null().to_list() == [False, True, False]
    assert told["score"].drop_nulls().is_between(0.9, 1).all()


def test_the_order_of_rows_makes_no_difference(resolve_people: Callable[..., Resolution]) -> None:
    rng = random.Random(7)
    firsts, lasts = ("Ann", "A.", "Bob", "Bobby", "Cleo"), ("Lee", "Leee", "Meyer", "Meier")
    contacts: dict[str, Known] = {
        f"{rng.choice(('crm', 'shop'))}:{number}": {
            "full_name": f"{rng.choice(firsts)} {rng.choice(lasts)}",
            "phones": rng.choice(("1", "2", "3", "4")),
            "email": rng.choice((None, "lee1@example.com", "meyer2@example.com")),
            "birth_date": rng.choice((None, born("1980-05-17"), born("1985-11-02"))),
        }
        for number in range(60)
    }
    first = resolve_people(contacts)
    assert (first.canonical["member_count"] > 1).any()
    for _ in range(3):
        shuffled = list(contacts.items())
        rng.shuffle(shuffled)
        again = resolve_people(dict(shuffled))
        assert again.canonical.equals(first.canonical)
        assert again.shared.equals(first.shared)


def test_nobody_at_all_is_no_person(resolve_people: Callable[..., Resolution]) -> None:
    assert [len(frame) for frame in resolve_people({})] == [0, 0]
    assert [len(frame) for frame in resolve_people({"crm:1": {"phones": "one"}})] == [1, 0]


def _kind(resolution: Resolution) -> tuple[object, ...]:
    return resolution.shared.select("kind", "evidence", "contact_count", "person_count").row(0)


def _names(count: int) -> list[str]:
    firsts = ("Ann", "Bob", "Cleo", "Dora", "Emil", "Fritz", "Gus", "Hedy")
    lasts = ("Ahrens", "Busch", "Claus", "Drews", "Ewert", "Franz", "Gruber", "Hinz")
    return [f"{firsts[n % 8]} {lasts[(n + n // 8) % 8]}" for n in range(count)]


def test_a_number_of_one_persons_contacts_is_the_persons(resolve_people: Callable[..., Resolution]) -> None:
    told = resolve_people({"crm:1": {**ANN, "phones": "one"}, "shop:1": {**ANN, "phones": "one"}})
    assert _kind(told) == ("same_person", "one_person", 2, 1)


def test_a_household_shares_an_address_or_a_family_name(resolve_people: Callable[..., Resolution]) -> None:
    home: Known = {"phones": "one", "number_type": "FIXED_LINE"}
    names = ("Petr Novák", "Jana Nováková")
    family = {f"crm:{name}": {**home, "full_name": name} for name in names}
    assert _kind(resolve_people(family)) == ("household", "same_family_name", 2, 2)
    couple = {f"crm:{name}": {**home, "full_name": name, "postal_code": "1"} for name in ("Ann Lee", "Bob Fox")}
    assert _kind(resolve_people(couple)) == ("household", "same_address", 2, 2)
    namesakes = {f"crm:{n}": {**home, "full_name": n, "postal_code": n} for n in ("Ann Lee", "Bob Lee")}
    assert _kind(resolve_people(namesakes))[0] == "business_line"


def test_a_line_of_strangers_is_at_work_and_too_many_are_a_placeholder_without_an_employer(
    resolve_people: Callable[..., Resolution],
) -> None:
    line: Known = {"phones": "one", "number_type": "FIXED_LINE"}
    names = _names(30)
    strangers: dict[str, Known] = {f"crm:{n}": {**line, "full_name": n} for n in names}
    assert _kind(resolve_people(strangers)) == ("business_line", "several_persons", len(names), len(names))
    few = {"max_persons_per_number": len(names) - 1}
    assert _kind(resolve_people(strangers, **few))[:2] == ("placeholder", "too_many_persons")
    staff = {each: {**known, "employer": "Acme Ltd."} for each, known in strangers.items()}
    assert _kind(resolve_people(staff, **few))[:2] == ("business_line", "same_employer")
    mailed = {
        each: {**known, "email": f"{each[4:7]}{n}@acme.example"} for n, (each, known) in enumerate(strangers.items())
    }
    assert _kind(resolve_people(mailed, **few))[:2] == ("business_line", "company_addresses")


def test_strangers_at_a_number_that_is_none_have_a_placeholder(resolve_people: Callable[..., Resolution]) -> None:
    told = resolve_people({f"crm:{n}": {"full_name": n, "phones": "one", "is_valid": False} for n in _names(3)})
    assert _kind(told)[:2] == ("placeholder", "invalid_number")


def test_of_strangers_at_a_mobile_and_of_contacts_without_names_nothing_is_known(
    resolve_people: Callable[..., Resolution],
) -> None:
    told = resolve_people({f"crm:{n}": {"full_name": n, "phones": "one"} for n in _names(3)})
    assert _kind(told)[:2] == ("unknown", "mobile")
    nameless: dict[str, Known] = {f"crm:{n}": {"phones": "one", "number_type": "FIXED_LINE"} for n in range(3)}
    assert _kind(resolve_people(nameless)) == ("unknown", "no_names", 3, 3)
