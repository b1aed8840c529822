from __future__ import annotations

import random

import pytest

from analysis.duplicates import DuplicateGroups, Placed, prints_of

PIPE = "柳河路梅园小区门口的自来水管爆裂，水一直流到马路上，请尽快派人来抢修。"
SCHOOL = "请问今年外来务工人员子女在本区就读一年级需要准备哪些材料，什么时候开始报名？"


def grouped(*texts: str) -> list[int]:
    """The place of the group's first text, for each text."""
    return [one.group_id for one in DuplicateGroups().place(list(enumerate(prints_of(texts))))]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(PIPE, id="word for word"),
        pytest.param(f"  {PIPE.replace('，', ',')}\n\n！！", id="other punctuation and blanks"),
        pytest.param(f"【转发】{PIPE} https://example.cn/a?b=1 @某市发布", id="an address and a name added"),
        pytest.param(f"#今日民生#{PIPE}[怒][怒]", id="a hashtag and emoticons added"),
        pytest.param(PIPE.replace("门口", "西门").replace("尽快", "马上"), id="a few words changed"),
        pytest.param(
            "柳河路梅園小區門口的自來水管爆裂，水一直流到馬路上，請盡快派人來搶修。",
            id="in Traditional characters",
        ),
    ],
)
def test_the_same_matter_in_nearly_the_same_words_is_one_group(other: str) -> None:
    assert grouped(PIPE, SCHOOL, other) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(PIPE, SCHOOL, id="different matters"),
        pytest.param(
            "#关于调整公交线路的通知#支持一下", "#关于调整公交线路的通知#离谱得很", id="only a hashtag shared"
        ),
        pytest.param(
            "#关于调整公交线路的通知#", "#关于调整公交线路的通知#太不方便了老人怎么办", id="a bare hashtag"
        ),
        pytest.param("停水了", "停电了", id="short texts"),
    ],
)
def test_different_matters_stay_apart(one: str, other: str) -> None:
    assert grouped(one, other) == [0, 1]


def test_short_texts_are_one_group_only_word_for_word() -> None:
    assert grouped("停水了", "停水了！", "停水了吗") == [0, 0, 2]


@pytest.mark.parametrize("blank", ["", "  \n", "😀😀", "！！！", "\x00\x1b"])
def test_a_text_without_words_stands_alone(blank: str) -> None:
    assert grouped(blank, blank) == [0, 1]


def test_a_text_of_a_megabyte_is_compared_like_any_other() -> None:
    long = PIPE * 30_000
    assert grouped(long, long + "补充一句", SCHOOL) == [0, 0, 2]


def test_a_chain_of_small_changes_does_not_carry_a_group_into_another_matter() -> None:
    words = [PIPE]
    dice = random.Random(3)
    for step in range(len(PIPE)):
        words.append(words[-1][:step] + dice.choice(SCHOOL) + words[-1][step + 1 :])
    assert grouped(*words)[-1] != 0


def test_what_is_known_is_joined_and_what_repeats_it_needs_no_keys() -> None:
    texts = [PIPE, PIPE.replace("抢修", "维修"), PIPE]
    first, second, third = DuplicateGroups().place(list(enumerate(prints_of(texts))))
    assert first == Placed(0, 0, 1.0, prints_of([PIPE])[0].keys)
    assert (second.group_id, len(second.keys)) == (0, 1)
    assert third == Placed(2, 0, 1.0, ())


def test_planted_edits_of_one_in_twenty_characters_are_found() -> None:
    dice = random.Random(11)
    places = ["柳河路", "梅园小区", "城东菜场", "东湖公园", "三中门口", "星河广场", "老火车站", "北苑路口"]
    matters = [
        "路灯整夜不亮",
        "垃圾堆了一个星期没人清",
        "广场舞噪音到半夜",
        "井盖丢失很危险",
        "违停车辆堵住消防通道",
    ]
    wishes = ["请有关部门尽快处理", "希望给个明确答复", "已经影响到正常生活", "多次反映没有结果", "盼回复"]
    originals = []
    for number in range(400):
        when = f"{dice.randint(1, 12)}月{dice.randint(1, 28)}日"
        texts = [f"{when}{dice.choice(places)}{dice.choice(matters)}", f"我是{number}号楼的住户"]
        texts += dice.sample(wishes, 3)
        dice.shuffle(texts)
        originals.append("，".join([*texts, "".join(dice.sample(PIPE + SCHOOL, 40))]))
    variants = [edited(text, dice) for text in originals]
    found = grouped(*originals, *variants)
    recall = sum(found[place] == found[400 + place] for place in range(400)) / 400
    wrong = sum(len({found.index(one) % 400, place % 400}) > 1 for place, one in enumerate(found)) / 800
    assert recall >= 0.95
    assert wrong <= 0.01


def edited(text: str, dice: random.Random) -> str:
    marks = list(text)
    for _ in range(len(marks) // 20):
        marks[dice.randrange(len(marks))] = dice.choice(SCHOOL)
    return "".join(marks)
