"""What a product is made of, told from its name as RxNorm writes it: 24 HR Metformin hydrochloride 500 MG Tablet."""

import re
from collections.abc import Iterator

_BRAND = re.compile(r"\[([^\[\]]+)\]")
_BEFORE = re.compile(
    r"(?:NDA\d+|abuse-deterrent|\d+(?:\.\d+)?\s*(?:hr|h|ml|actuat|day|mg|g)\b|\d+hr\b)\s+", re.IGNORECASE
)
_STRENGTH = re.compile(
    r"\s+\d[\d.,/]*\s*(?:mg|mcg|ug|µg|g|gm|ml|l|unt|units?|iu|meq|mmol|%|hr|actuat|day|cells|mci|bau)(?:\b|/|$).*",
    re.IGNORECASE | re.DOTALL,
)
_FORM = re.compile(
    r"\s+(?:oral|injectable|injection|topical|inhal\w+|transdermal|mucosal|ophthalmic|otic|nasal|rectal|vaginal|"
    r"intrauterine|intravenous|subcutaneous|intramuscular|sublingual|buccal|chewable|disintegrating|extended|delayed|"
    r"prefilled|dry|metered|drug|implant|tablets?|capsules?|solution|suspension|cream|ointment|gel|lotion|patch|pack|"
    r"kit|spray|pen|auto-injector|powder|syrup|drops)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_SALT = re.compile(
    r"\s+(?:hydrochloride|hydrocholoride|hcl|hydrobromide|sodium|disodium|potassium|calcium|magnesium|succinate|"
    r"bitartrate|tartrate|maleate|malate|fumarate|sulfate|sulphate|acetate|propionate|dipropionate|furoate|valerate|"
    r"citrate|phosphate|mesylate|besylate|tosylate|nitrate|mononitrate|dinitrate|bromide|chloride|lactate|gluconate|"
    r"pamoate|hyclate|monohydrate|dihydrate|trihydrate|hemihydrate|axetil|medoxomil|etexilate|alafenamide)\b.*",
    re.IGNORECASE | re.DOTALL,
)
SHORTEST = 3


def ingredient_words(name: str) -> tuple[str, ...]:
    """Names of the ingredients and the brand, in lower case, with their salts and without; not ``name`` itself."""
    found = dict.fromkeys(word.casefold() for word in _ingredients(name) if len(word) >= SHORTEST)
    found.pop(name.casefold(), None)
    return tuple(found)


def _ingredients(name: str) -> Iterator[str]:
    brands = _BRAND.findall(name)
    for part in re.split(r"\s+/\s+|\s+\+\s+", _BRAND.sub("", name)):
        plain = _FORM.sub("", _STRENGTH.sub("", _lead_off(part))).strip(" ,;")
        yield plain
        yield _SALT.sub("", plain)
        head, comma, tail = plain.partition(",")
        if comma:
            yield head.strip()
            yield f"{tail.strip()} {head.strip()}"
    yield from (brand.strip() for brand in brands)


def _lead_off(part: str) -> str:
    """Without release time, volume and count before the name."""
    part = part.strip()
    while match := _BEFORE.match(part):
        part = part[match.end() :]
    return part
