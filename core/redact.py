"""Masking of personal data before anything is stored, and the keyed hash that still finds a person.

Source: 个人信息保护法 arts. 5, 6, 28, 51.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable

from core.errors import InvalidInput
from core.identifiers import PROVINCES, is_card_number, is_credit_code, is_day, is_identity_number

Span = tuple[int, int, str]
Judge = Callable[[re.Match[str]], str | None]

_COMPOUND = "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|东方|夏侯|司徒|端木|南宫"
_COMPOUND_NAMES = frozenset(_COMPOUND.split("|"))
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席"
    "卫查屈鲍位覃霍翁隋甘景薄单包柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚"
    "木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠"
    "僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)
# Words that are also surnames: 「向李先生反映」 names 李, not somebody called 向李.
_FUNCTION_WORDS = frozenset("向和于时来应都对安常从全强成解明连单官")

_GAP = r"[ \u3000\xa0\-‐-―]{0,3}"
_OPEN = r"(?<![0-9*×])(?<![0-9]\.)"
_SHUT = r"(?![0-9*×])(?!\.[0-9])(?! ?(?:元|万|亿|块钱|吨|平方))"

_TRIGGER = re.compile(r"[0-9０-９@＠叫先女微QqＱｑVvＶｖWwＷｗ]")
# Wide punctuation stands in nearly every text and is matched as it is; only these need the narrow copy.
_WIDE = re.compile(r"[\uff08\uff09\uff0b\uff0d\uff10-\uff19\uff20-\uff3a\uff41-\uff5a]")
_NARROW = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_LATIN = re.compile(r"[A-Za-z]")
_WECHAT_WORD = re.compile(r"[微WwVv][信EeXx]")
_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9]){{5,}}+")
_LONG_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9]){{14}}")
# No form of number, with the words and signs before its digits, begins further left of its first digit.
_BEFORE_RUN = 16
_DAY_INSIDE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}")

_MOBILE = re.compile(rf"{_OPEN}(?<!FZ)(?:(?:\+|00)?86{_GAP})?0?(1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}){_SHUT}")
_PLAIN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(
    rf"{_OPEN}\(?(010|02[0-9]|0[3-9][0-9]{{2}})\)?{_GAP}([2-9](?:{_GAP}[0-9]){{6,7}}){_SHUT}"
)
_NAMED_PHONE = re.compile(
    rf"(?:电话|座机|联系方式|联系|致电|传真)(?:号码)?[是为]?[:：\u3000 ]{{0,2}}"
    rf"([2-9][0-9]{{2,3}}{_GAP}[0-9]{{4}}){_SHUT}"
)
_ID_18 = re.compile(rf"{_OPEN}[1-8](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx](?![0-9A-Za-z*])")
_ID_15 = re.compile(rf"{_OPEN}[1-8](?:{_GAP}[0-9]){{14}}(?!-[0-9]){_SHUT}")
_CARD = re.compile(rf"{_OPEN}(?<![A-Za-z])([3-69][0-9]{{15,18}})(?![A-Za-z]){_SHUT}")
_GROUPED_CARD = re.compile(rf"{_OPEN}([3-69][0-9]{{3}}(?:[ \-][0-9]{{4}}){{3}}(?:[ \-][0-9]{{1,3}})?){_SHUT}")
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}[0-9]{7,8}(?![0-9A-Za-z*])")
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z])[·•. -]?"
    r"(?=[A-Za-z]*[0-9][A-Za-z]*[0-9])([A-Za-z0-9]{4,5}[A-Za-z0-9挂学警港澳])(?![A-Za-z0-9*])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-*])([A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]*+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
_WECHAT = re.compile(
    r"(?:微信|wechat|weixin|(?<![a-z])[vw]x)(?:号码|号|id|账号)?[是为:：\u3000 ]{0,3}"
    r"(([a-z0-9])[a-z0-9_-]{5,19})(?![a-z0-9*])",
    re.IGNORECASE,
)
_QQ = re.compile(r"QQ(?:号码|号|群号|群)?[是为:：\u3000 ]{0,3}(([1-9])[0-9]{4,10})(?![0-9*])", re.IGNORECASE)
_SELF_NAMED = re.compile(rf"(?:我叫|我的名字叫)((?:{_COMPOUND}|[{_SURNAMES}])[一-龥]{{1,2}})")
_POLITE = re.compile(rf"((?:{_COMPOUND}|[{_SURNAMES}])[一-龥]{{1,2}}?)(?=先生|女士)")
# 「我和我先生」 names nobody.
_PRONOUNS = frozenset("我你他她的")
_AFTER_NAME = frozenset("是住在家今来自有男女和与想要的")
_HOUSE = re.compile(
    r"(?:[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*|[一二三四五六七八九十百]+)(?=号(?!线)|室|单元|栋|幢|座|弄)"
)
_NUMBERED = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ一二三四五六七八九十百]")
_ROOM = re.compile(r"(?:[0-9]+-)*[0-9]{3,4}$")
_PHONES_APART = re.compile(r"[/、,;\n]+")
_UNTELLING = re.compile(r"[\s\-‐-―()]")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[3-9][0-9]{9}$)")
_WHITE = re.compile(r"\s+")


class Redactor:
    """Masks texts and single fields; stateless but for the key of its searchable hashes.

    Every method is idempotent: what is masked already is never completed or masked again.
    """

    def __init__(self, key: bytes) -> None:
        if not key:
            raise InvalidInput("脱敏密钥是空的。", mend="请检查数据目录中的密钥文件。", field="key")
        self._key = key

    def text(self, text: str) -> str:
        """Free text with telephone, identity, card and account numbers, plates and named persons masked.

        Order numbers, credit codes, Weibo ids, hotlines, amounts and dates are left alone.
        """
        if _TRIGGER.search(text) is None:
            return text
        flat = text.translate(_NARROW) if _WIDE.search(text) else text
        spans = _spans(flat)
        return _replaced(text, spans) if spans else text

    def name(self, text: str) -> str:
        """Surname and two stars; empty stays empty."""
        name = "".join(text.split())
        if not name or "*" in name or "×" in name:
            return name
        if name.endswith(("先生", "女士")):
            return self.text(name)
        return f"{_surname(name) if len(name) > 2 else name[0]}**"

    def phone(self, text: str) -> str:
        """A telephone cell, which may hold several numbers; hotlines of up to 6 digits stay."""
        if _PLAIN_MOBILE.fullmatch(text):
            return f"{text[:3]}****{text[-4:]}"
        parts = (part.strip() for part in _PHONES_APART.split(text.translate(_NARROW)))
        return "、".join(_masked_phone(self.text(part)) for part in parts if part)

    def id_number(self, text: str) -> str:
        """First and last four characters of an identity, passport or permit number, right or wrong."""
        number = _WHITE.sub("", text.translate(_NARROW))
        if "*" in number or len(number) < 7:
            return number
        keep = 1 if number[0].isalpha() else 4
        return number[:keep] + "*" * max(len(number) - keep - 4, 4) + number[-4:]

    def address(self, text: str) -> str:
        """The address without house, building and room numbers; the street stays."""
        masked = self.text(text)
        if _NUMBERED.search(masked) is None:
            return masked
        flat = masked.translate(_NARROW) if _WIDE.search(masked) else masked
        return _ROOM.sub("**", _HOUSE.sub("**", flat))

    def search_key(self, text: str) -> str:
        """Hex HMAC-SHA256 of a telephone number or name, the same for every way of writing it."""
        flat = text
        if _PLAIN_MOBILE.fullmatch(text) is None:
            flat = _UNTELLING.sub("", unicodedata.normalize("NFKC", text)).casefold()
            flat = _COUNTRY.sub("", flat)
        return hmac.digest(self._key, flat.encode(), "sha256").hex()


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _near(match: re.Match[str], *words: str) -> bool:
    around = match.string[max(0, match.start() - 15) : match.end() + 15]
    return any(word in around for word in words)


def _mobile(match: re.Match[str]) -> str | None:
    number = match.group(1)
    if len(number) > 11 or len(match.group()) > 11:
        if _DAY_INSIDE.search(match.group()):
            return None
        number = _digits(number)
    return f"{number[:3]}****{number[-4:]}"


def _landline(match: re.Match[str]) -> str | None:
    return f"{match.group(1)}-****{_digits(match.group(2))[-3:]}"


def _id_18(match: re.Match[str]) -> str | None:
    number = _digits(match.group())
    if not is_identity_number(number):
        return None
    if not _near(match, "身份证") and (is_credit_code(number) or _near(match, "信用代码")):
        return None
    return f"{number[:4]}**********{number[-4:]}"


def _id_15(match: re.Match[str]) -> str | None:
    number = _digits(match.group())
    if number[:2] not in PROVINCES or not is_day("19" + number[6:8], number[8:12]):
        return None
    # Order numbers of 15 digits begin with the day: only the word tells the two apart.
    if is_day("20" + number[:2], number[2:6]) and not _near(match, "身份证", "证件"):
        return None
    return f"{number[:4]}*******{number[-4:]}"


def _card(match: re.Match[str]) -> str | None:
    number = match.group(1)
    looks_like_post = len(number) == 16 and number[0] in "345"
    if looks_like_post and not _near(match, "卡", "账号", "账户", "帐号", "银行"):
        return None
    return _grouped_card(match)


def _grouped_card(match: re.Match[str]) -> str | None:
    number = _digits(match.group(1))
    if not is_card_number(number) or is_credit_code(number):
        return None
    return f"{number[:4]}****{number[-4:]}"


def _passport(match: re.Match[str]) -> str | None:
    if not _near(match, "护照", "通行证"):
        return None
    return f"{match.group()[0]}****{match.group()[-4:]}"


# Of 15 digits and more: looked for only where so many stand together.
_LONG_NUMBERS: tuple[tuple[re.Pattern[str], Judge], ...] = (
    (_ID_18, _id_18),
    (_ID_15, _id_15),
    (_CARD, _card),
    (_GROUPED_CARD, _grouped_card),
)
_NUMBERS: tuple[tuple[re.Pattern[str], Judge], ...] = (
    (_MOBILE, _mobile),
    (_LANDLINE, _landline),
    (_PASSPORT, _passport),
)


def _spans(flat: str) -> list[Span]:
    """What to replace, leftmost first and without overlap; earlier kinds win."""
    found: list[Span] = []
    if "@" in flat:  # before the numbers: an address may be one, and run on into another
        _take(found, ((m.start(), m.end(), f"{m[1]}***@***") for m in _EMAIL.finditer(flat)))
    runs = list(_RUN.finditer(flat))
    if runs:
        is_long = any(_LONG_RUN.match(run.group()) for run in runs)
        _take_numbers(found, flat, max(0, runs[0].start() - _BEFORE_RUN), is_long=is_long)
    if _LATIN.search(flat):
        _take(found, (_plate(m) for m in _PLATE.finditer(flat)))
        _take(found, ((m.start(1), m.end(1), f"{m[2]}****") for m in _QQ.finditer(flat)))
    if _WECHAT_WORD.search(flat):
        _take(found, ((m.start(1), m.end(1), f"{m[2]}****") for m in _WECHAT.finditer(flat)))
    if "我叫" in flat or "名字叫" in flat:
        _take(found, (_self_named(m) for m in _SELF_NAMED.finditer(flat)))
    if "先生" in flat or "女士" in flat:
        _take(found, (_polite(m) for m in _POLITE.finditer(flat) if m[1][-1] not in _PRONOUNS))
    return sorted(found)


def _take_numbers(found: list[Span], flat: str, start: int, *, is_long: bool) -> None:
    """Add the numbers of a text whose first six digits together stand at `start` or a little later.

    Args:
        is_long: fifteen digits or more stand together somewhere.
    """
    for pattern, judge in _LONG_NUMBERS + _NUMBERS if is_long else _NUMBERS:
        for match in pattern.finditer(flat, start):
            if mask := judge(match):
                _take(found, ((match.start(), match.end(), mask),))
    _take(found, (_named_phone(m) for m in _NAMED_PHONE.finditer(flat, start) if not _is_compact_day(m[1])))


def _take(found: list[Span], spans: Iterable[Span]) -> None:
    """Add the spans that overlap none found before."""
    for span in spans:
        if all(span[1] <= start or end <= span[0] for start, end, _ in found):
            found.append(span)


def _is_compact_day(number: str) -> bool:
    return len(number) == 8 and number.isdigit() and is_day(number[:4], number[4:])


def _named_phone(match: re.Match[str]) -> Span:
    return match.start(1), match.end(1), f"****{_digits(match.group(1))[-3:]}"


def _plate(match: re.Match[str]) -> Span:
    return match.start(), match.end(), f"{match.group(1)}·****{match.group(2)[-1]}"


def _surname(name: str) -> str:
    return name[: 2 if name[:2] in _COMPOUND_NAMES else 1]


def _self_named(match: re.Match[str]) -> Span:
    name = match.group(1)
    surname = _surname(name)
    end = match.end(1) - (len(name) - len(surname) == 2 and name[-1] in _AFTER_NAME)
    return match.start(1), end, f"{surname}**"


def _polite(match: re.Match[str]) -> Span:
    name = match.group(1)
    start = match.start(1)
    if name[0] in _FUNCTION_WORDS and name[1] in _SURNAMES:
        return start + 1, match.end(1), name[1] + ("**" if len(name) > 2 else "")
    return start, match.end(1), f"{_surname(name)}**"


def _replaced(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, mask in spans:
        pieces += (text[at:start], mask)
        at = end
    return "".join(pieces) + text[at:]


def _masked_phone(text: str) -> str:
    """What no known form of number matched: all but the last three digits."""
    if "*" in text or "×" in text or len(_digits(text)) <= 6:
        return text
    return f"****{_digits(text)[-3:]}"
