"""Whether a row of digits is what it looks like: identity numbers, credit codes, bank cards, days."""

from __future__ import annotations

from datetime import date

_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
PROVINCES = frozenset(_PROVINCE_CODES.split())
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(number: str) -> bool:
    """Whether 18 characters are a resident identity number: province, date of birth and check digit.

    `number` holds digits but for a last X. Source: GB 11643-1999 section 4.
    """
    if number[:2] not in PROVINCES or not is_day(number[6:10], number[10:14]):
        return False
    total = sum(int(digit) * (1 << (17 - i)) for i, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are a unified social credit code, by both of its check characters.

    Source: GB 32100-2015 (whole code, modulus 31), GB 11714-1997 (organisation part, modulus 11).
    """
    values = [_CREDIT_ALPHABET.find(char) for char in code.upper()]
    if len(values) != 18 or min(values) < 0:
        return False
    whole = sum(value * pow(3, i, 31) for i, value in enumerate(values[:17]))
    part = code.upper()[8:17]
    inner = sum(int(char, 36) * weight for char, weight in zip(part[:8], _ORGANISATION_WEIGHTS, strict=True))
    return values[17] == (31 - whole % 31) % 31 and "0X987654321"[inner % 11] == part[8]


def is_card_number(number: str) -> bool:
    """Whether the digits satisfy Luhn's check, as bank cards do. Source: ISO/IEC 7812-1 annex B."""
    doubled = (int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_day(year: str, month_day: str) -> bool:
    """Whether four digits of a year (1900 to 2099) and four of month and day name a real day."""
    try:
        return 1900 <= date(int(year), int(month_day[:2]), int(month_day[2:])).year <= 2099
    except ValueError:
        return False
