from __future__ import annotations

import subprocess
import sys

import pytest
from support.common import ROOT

from extractor.vocabulary.config import Config
from extractor.vocabulary.regions import Region
from extractor.vocabulary.vocabulary import Vocabulary

YEAR = 2024


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("上海市民政局2026年部门预算", ("310000", "上海市")),
        ("上海民政局", ("310000", "上海市")),
        ("上海市普陀区财政局", ("310107", "上海市普陀区")),
        ("上海普陀区财政局", ("310107", "上海市普陀区")),
        ("普陀区财政局", None),  # a district's own name says nothing without its city: 舟山 has one too
        ("普陀区财政局\n上海市2026年", ("310107", "上海市普陀区")),
        ("江苏省苏州市财政局", ("320500", "苏州市")),  # as narrow as the name goes on
        ("湖南省2024年转移支付\n长沙市", ("430000", "湖南省")),  # and no narrower
        ("内蒙古自治区财政厅", ("150000", "内蒙古自治区")),
        ("内蒙古财政厅", ("150000", "内蒙古自治区")),
        ("吉林省财政厅", ("220000", "吉林省")),  # its city has the province's name without 省
        ("吉林财政", ("220000", "吉林省")),
        ("吉林市财政局", ("220200", "吉林市")),
        ("2024年末昌都市地方政府债务", ("540300", "昌都市")),
        ("红河州2026年度政府预算", ("532500", "红河哈尼族彝族自治州")),
        ("和田地区", ("653200", "和田地区")),
        ("锡林郭勒盟财政局", ("152500", "锡林郭勒盟")),
        ("萧县财政局", ("341322", "萧县")),
        ("黑龙江省哈尔滨市道里区", ("230102", "哈尔滨市道里区")),
        ("晋城市城区", ("140502", "晋城市城区")),
        ("主城区", None),
        ("朝阳财政", None),  # a city, two districts and a county
        ("北京市朝阳区", ("110105", "北京市朝阳区")),
        ("辽宁朝阳", ("211300", "朝阳市")),
        ("市中区财政局", None),
        ("济南市市中区", ("370103", "济南市市中区")),
        ("河南省新华书店", ("410000", "河南省")),  # a county in short is a word
        ("上海市南京路", ("310000", "上海市")),
        ("南京路街道", None),
        ("长沙市场监督管理", ("430100", "长沙市")),
        ("市和县级财政", None),
        ("某某局", None),
        ("", None),
    ],
)
def test_the_region_that_a_text_names_first_and_as_narrowly_as_it_goes_on(
    vocabulary: Vocabulary, text: str, region: tuple[str, str] | None
) -> None:
    assert vocabulary.regions.find(text, YEAR) == region


@pytest.mark.parametrize(
    ("text", "year", "code"),
    [
        ("那曲地区行署", 2016, "542400"),
        ("那曲市财政局", 2018, "540600"),
        ("吴江市财政局", 2010, "320584"),
        ("吴江市财政局", 2014, "320509"),  # it became a district as a whole: documents keep old names
        ("莱芜市财政局", 2017, "371200"),
        ("莱芜市财政局", 2021, None),  # it became two districts
    ],
)
def test_the_division_in_force_in_the_documents_year(
    vocabulary: Vocabulary, text: str, year: int, code: str | None
) -> None:
    found = vocabulary.regions.find(text, year)
    assert (None if found is None else found.code) == code


def test_every_standing_division_is_known_by_its_full_name_behind_its_citys(
    config: Config, vocabulary: Vocabulary
) -> None:
    names = vocabulary.regions
    standing = [region for region in config.regions if region.last > YEAR]
    by_code = {region.code: region for region in standing}
    for region in standing:
        above = by_code.get(region.code[:4] + "00") or by_code[region.code[:2] + "0000"]
        outer = above.name if region.level == "county" else ""
        found = names.find(f"{outer}{region.name}财政局", YEAR)
        assert found is not None
        assert (found.code, found.name.endswith(region.name)) == (region.code, True)


def region_of(vocabulary: Vocabulary, code: str) -> Region:
    region = vocabulary.regions.region(code, YEAR)
    assert region is not None
    return region


@pytest.mark.parametrize(
    ("label", "home", "city", "expected"),
    [
        ("湖南省", "430000", "430100", "430000"),
        ("湖南省本级", "430000", None, "430000"),
        ("市县小计", "430000", None, "430000"),
        ("长沙市", "430000", None, "430100"),
        ("(一)长沙", "430000", None, "430100"),
        ("长沙市本级", "430000", None, "430100"),
        ("长沙市合计", "430000", None, "430100"),
        ("市本级", "430000", "430100", "430100"),
        ("其中:市本级及市辖区", "430000", "430100", "430100"),
        ("区县小计", "430000", "430100", "430100"),
        ("芙蓉区", "430000", "430100", "430102"),
        ("长沙市芙蓉区", "430000", None, "430102"),
        ("宁乡县", "430000", "430100", "430182"),
        ("全省合计", "430000", "430100", "430000"),
        ("省本级(含示例新区)", "430000", None, "430000"),
        ("合计", "430000", "430100", "430000"),
        ("鼓楼区", "320000", "320100", "320106"),
        ("鼓楼区", "320000", None, None),  # 徐州 has one too
        ("南京市", "430000", None, None),  # what lies elsewhere is no row of it
        ("经开区", "430000", "430100", None),
        ("长沙市(不含浏阳市)", "430000", None, None),
        ("全区", "150000", None, "150000"),
        ("州本级", "532500", None, "532500"),
        ("行署本级", "230000", "232700", "232700"),
        ("市", "430000", "430100", None),
    ],
)
def test_the_region_of_a_row(
    vocabulary: Vocabulary, label: str, home: str, city: str | None, expected: str | None
) -> None:
    above = None if city is None else region_of(vocabulary, city)
    found = vocabulary.regions.of_row(label, YEAR, region_of(vocabulary, home), above)
    assert (None if found is None else found.code) == expected


CITIES = [
    "长沙市",
    "株洲市",
    "湘潭市",
    "衡阳市",
    "邵阳市",
    "岳阳市",
    "常德市",
    "张家界市",
    "益阳市",
    "郴州市",
    "永州市",
    "怀化市",
    "娄底市",
    "湘西州",
]


@pytest.mark.parametrize(
    ("labels", "whole"),
    [
        (["全省合计", "省本级", *CITIES, "芙蓉区", "其他"], ("430000", "湖南省")),
        (CITIES[:8], ("430000", "湖南省")),
        ([*CITIES, "公安"], ("430000", "湖南省")),  # a class of spending, and no county of another province
        (CITIES[:7], None),  # the half of them may be something else's
        ([*CITIES, "南京市"], None),
        (["全市", "埇桥区", "砀山县", "萧县", "灵璧县", "泗县"], ("341300", "宿州市")),
        (["行政运行", "机关服务"], None),
        ([], None),
    ],
)
def test_the_region_whose_parts_rows_name(
    vocabulary: Vocabulary, labels: list[str], whole: tuple[str, str] | None
) -> None:
    assert vocabulary.regions.whole_of(labels, YEAR) == whole


@pytest.mark.corpus
def test_the_list_is_as_built() -> None:
    script = ROOT / "scripts" / "build_regions.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0
