"""Lines of keys in a TOML file, whatever stands in its texts."""

from phoneseg.settings.toml_lines import find_lines, line_of

TEXT = '''# a comment
[groups.tier]
name = "Tier"

[[segment]]  # the first
code = "a"
where = """
[[segment]]
code = "no key"
"""

[[segment]]
code = 'b' # """ in a comment
"name" = "three quotes in one line: \\"\\"\\""
'''


def test_keys_and_headers_have_the_lines_that_they_stand_in() -> None:
    assert find_lines(TEXT) == {
        ("groups", "tier"): 2,
        ("groups", "tier", "name"): 3,
        ("segment", 0): 5,
        ("segment", 0, "code"): 6,
        ("segment", 0, "where"): 7,
        ("segment", 1): 12,
        ("segment", 1, "code"): 13,
        ("segment", 1, "name"): 14,
    }


def test_a_text_that_opens_and_closes_in_one_line_hides_nothing() -> None:
    assert find_lines('a = """x""" # "\nb = \'\'\'y\nc = 1\n\'\'\'\nd = 2\n') == {("a",): 1, ("b",): 2, ("d",): 5}


def test_what_has_no_line_has_that_of_the_table_around_it() -> None:
    lines = find_lines(TEXT)
    assert line_of(lines, ("segment", 1, "where")) == 12
    assert line_of(lines, ("segment", 7, "where")) == 1
