"""Every address of a trial's pages and every role: who is let in, and that the others are told nothing."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, reverse

from equipoise.conduct.roles import Role
from equipoise.web.staff.trials.urls import urlpatterns
from tests.accounts import fresh_client, make_person, signed_in
from tests.web.trialing import LOG, Running, browser, text_of

pytestmark = pytest.mark.django_db
LETTERS = dict(zip("CIAPMSTDFX", Role, strict=True))
"""C coordinator, I investigator, A assessor, P pharmacist, M monitor, S sponsor, T statistician,
D independent statistician, F safety officer, X administrator."""
EVERYBODY, DATA, SITE = "CIAPMSTDFX", "CIAMSTDF", "CI"

EXPECTED = [
    # address, who is answered 200, who is answered otherwise; all others 403, but 404 where they see no participant
    ("", EVERYBODY, {}),
    ("SMALL/", EVERYBODY, {}),
    ("SMALL/participants/", DATA, {}),
    ("SMALL/participants/new/", SITE, {}),
    ("SMALL/participants/{new}/", DATA + "P", {}),
    ("SMALL/participants/{one}/", DATA + "P", {}),
    ("SMALL/participants/{new}/consent/", SITE, {}),
    ("SMALL/participants/{consented}/screening/", SITE, {}),
    ("SMALL/participants/{new}/screening/", "", {"CI": 302}),
    ("SMALL/participants/{one}/screening/", "", {"CI": 302}),
    ("SMALL/participants/{consented}/not-randomised/", SITE, {}),
    ("SMALL/participants/{eligible}/randomise/", SITE, {}),
    ("SMALL/participants/{one}/randomise/", SITE, {}),
    ("SMALL/participants/{one}/break-code/", "IF", {}),
    ("SMALL/participants/{eligible}/break-code/", "", {"IF": 404}),
    ("SMALL/participants/{one}/events/new/", SITE, {}),
    ("SMALL/participants/{one}/events/1/", SITE, {}),
    ("SMALL/participants/{one}/events/3/", "", {"CI": 404}),
    ("SMALL/participants/{one}/events/1/report/", "F", {}),
    ("SMALL/participants/{one}/medication/", SITE, {}),
    ("SMALL/participants/{one}/stop-treatment/", "I", {}),
    ("SMALL/participants/{one}/end/", SITE, {}),
    ("SMALL/participants/{one}/reinstate/", "", {"I": 404}),
    ("SMALL/participants/{one}/deviation/", "CIM", {}),
    ("SMALL/participants/{one}/endorse/", "I", {}),
    ("SMALL/participants/{eligible}/endorse/", "", {"I": 404}),
    ("SMALL/participants/{one}/stratum/", SITE, {}),
    ("SMALL/participants/{one}/impact/", "", {"S": 404}),
    ("SMALL/participants/{one}/return-kit/", "CIP", {}),
    ("SMALL/participants/{one}/visits/baseline/", DATA, {"P": 404}),
    ("SMALL/participants/{one}/visits/baseline/done/", SITE, {}),
    ("SMALL/participants/{one}/visits/week/missed/", SITE, {}),
    ("SMALL/participants/{one}/visits/week/kits/", SITE, {}),
    ("SMALL/participants/{one}/visits/baseline/forms/vitals/1/", DATA, {"P": 404}),
    ("SMALL/participants/{one}/visits/baseline/forms/vitals/2/", "", {"CIAPMSTDF": 404}),
    ("SMALL/participants/{one}/visits/baseline/forms/assessment/1/", DATA, {"P": 404}),
    ("SMALL/participants/{one}/visits/baseline/forms/laboratory/1/", "D", {"CIAPMSTF": 404}),
    ("SMALL/participants/{one}/visits/week/forms/reactions/1/", "CIMDF", {"APST": 404}),
    ("SMALL/participants/{one}/visits/baseline/forms/reactions/1/", "", {"CIAPMSTDF": 404}),
    ("SMALL/participants/{one}/visits/baseline/forms/vitals/1/sign/", "", {"I": 302, "P": 404}),
    ("SMALL/participants/{one}/visits/baseline/forms/vitals/1/query/", "IMSTF", {"P": 404}),
    ("SMALL/participants/{one}/visits/week/forms/reactions/1/query/", "IMF", {"APST": 404}),
    ("SMALL/queries/", DATA, {}),
    ("SMALL/queries/Q1/", DATA, {"PX": 404}),
    ("SMALL/queries/Q1/answer/", "CIAD", {"PX": 404}),
    ("SMALL/queries/Q1/close/", "MSTF", {"PX": 404}),
    ("SMALL/work/", DATA, {}),
    ("SMALL/safety/", "CIMSTDF", {}),
    ("SMALL/kits/", "CIPMSDF", {}),
    ("SMALL/kits/01/", "P", {}),
    ("SMALL/kits/01/send/", "SP", {}),
    ("SMALL/kits/01/discard/", "CIP", {}),
    ("SMALL/assignments/", "PD", {}),
    ("SMALL/assignments/seal/", "", {"D": 404}),
    ("SMALL/assignments/kits/", "D", {}),
    ("SMALL/audit/", EVERYBODY, {}),
    ("SMALL/audit/file/", "", {"CIAPMSTDF": 405}),
    ("SMALL/people/", EVERYBODY, {}),
    ("SMALL/people/roles/new/", "X", {}),
    ("SMALL/people/roles/monitor/monitor/", "X", {}),
    ("SMALL/people/roles/assessor-01/assessor/01/", "X", {}),
    ("SMALL/people/sites/new/", "S", {}),
    ("SMALL/people/sites/01/", "S", {}),
    ("SMALL/exports/", DATA, {}),
    ("SMALL/exports/participants.csv", "", {DATA: 405}),
    ("SMALL/protocol/", EVERYBODY, {}),
    ("SMALL/protocol/amend/", "S", {}),
    ("SMALL/closing/", DATA, {}),
    ("SMALL/closing/by-arm/", "TD", {}),
    ("SMALL/closing/freeze/", "T", {}),
    ("SMALL/closing/thaw/", "", {}),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Only looked at."""
    home = tmp_path_factory.mktemp("doors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_HOME", str(home))
        yield Running(home)


def address(pattern: str, running: Running) -> str:
    names = {
        "new": running.new,
        "consented": running.consented,
        "eligible": running.eligible,
        "one": running.randomised,
    }
    return "/staff/trials/" + pattern.format(**names)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_address_for_every_role(letter: str, running: Running) -> None:
    client = browser(LETTERS[letter])
    wrong = []
    for pattern, seen_by, others in EXPECTED:
        refused = 404 if letter == "X" and "{" in pattern else 403
        wanted = 200 if letter in seen_by else next((code for who, code in others.items() if letter in who), refused)
        given = client.get(address(pattern, running)).status_code
        if given != wanted:
            wrong.append(f"{pattern}: {given}, not {wanted}")
    assert wrong == []


def test_who_has_another_role_is_told_so_in_the_trial(running: Running) -> None:
    page = text_of(browser(Role.MONITOR).get(f"{LOG}participants/new/"))
    assert "<h1>Your role does not include this</h1>" in page
    assert "You work on this trial as monitor." in page
    assert f'href="{LOG}participants/"' in page


@pytest.mark.parametrize("letter", "CIAP")
def test_whether_another_site_has_something_is_not_told(letter: str, running: Running) -> None:
    """The same answer for a site, participant or query of another as for none, whatever is asked of it."""
    client = browser(LETTERS[letter])
    for there in ("kits/{}/", "kits/{}/send/", "kits/{}/discard/", "people/sites/{}/"):
        answers = [client.get(LOG + there.format(site)) for site in ("02", "99")]
        assert [answer.status_code for answer in answers] == [404, 404], there
        assert text_of(answers[0]) == text_of(answers[1]), there
    for pattern in ("", "consent/", "break-code/", "events/1/report/", "visits/baseline/done/", "endorse/"):
        answers = [client.get(f"{LOG}participants/{one}/{pattern}") for one in (running.foreign, "02-999")]
        assert [answer.status_code for answer in answers] == [404, 404], pattern
        assert text_of(answers[0]) == text_of(answers[1]), pattern


def test_no_address_is_left_out_of_the_table(running: Running) -> None:
    told = [address(pattern, running).removeprefix("/staff/trials/") for pattern, _, _ in EXPECTED]
    missing = {one.name for one in urlpatterns if not any(resolves(one, path) for path in told)}
    assert missing == set()


def resolves(pattern: URLPattern, path: str) -> bool:
    return pattern.resolve(path) is not None


def test_who_has_not_signed_in_is_sent_to_the_door_and_back(running: Running) -> None:
    client = fresh_client()
    for pattern, _, _ in EXPECTED:
        here = address(pattern, running)
        response = client.get(here)
        assert response.status_code == 302, here
        assert response["Location"].startswith(f"{reverse('account_login')}?next=%2Fstaff%2Ftrials%2F"), here
        assert client.post(here).status_code == 302, here


def test_who_has_no_role_finds_no_trial(running: Running) -> None:
    client = signed_in(make_person("stranger"))
    assert "You have no role in a trial today" in text_of(client.get("/staff/trials/"))
    for pattern, _, _ in EXPECTED[1:]:
        assert client.get(address(pattern, running)).status_code == 404, pattern


@pytest.mark.parametrize("letter", "CIAP")
def test_another_sites_records_are_not_there(letter: str, running: Running) -> None:
    """The same numbers, of the other site: each page answers as if there were none, by GET and by POST."""
    client, mine, foreign = browser(LETTERS[letter]), running.randomised, running.foreign
    foreign_query = next(one.id for one in running.trial.queries.values() if one.participant == foreign)
    for pattern, _, _ in EXPECTED:
        here = address(pattern, running)
        there = here.replace(mine, foreign).replace("queries/Q1", f"queries/{foreign_query}")
        there = there.replace("kits/01/", "kits/02/").replace("sites/01/", "sites/02/")
        if there != here:
            assert client.get(there).status_code == 404, there
            assert client.post(there, {"key": "k"}).status_code == 404, there
    for more in ("audit/?participant=" + foreign, "audit/?site=02"):
        assert client.get(LOG + more).status_code == 404
    listed = client.get(LOG + "participants/?site=02")
    assert foreign not in text_of(listed)
    assert "Mara02" not in text_of(listed)


@pytest.mark.parametrize(
    "odd",
    ["x", "01-999", "%00", "..", "%2e%2e%2fetc", "💊", "'--", "%0d%0aSet-Cookie:a=b", "9" * 400, "null", "-1"],
)
def test_nonsense_in_an_address_is_not_there_and_fails_nothing(odd: str, running: Running) -> None:
    parts = {"trial": "SMALL", "participant": running.randomised, "visit": "baseline", "form": "vitals", "copy": "1"}
    more = {"number": "1", "query": "Q1", "site": "01", "user": "monitor", "role": "monitor", "step": "freeze"}
    known = {**parts, **more, "name": "participants", "kind": "csv"}
    clients = [browser(role) for role in (Role.INVESTIGATOR, Role.MONITOR, Role.SPONSOR, Role.ADMINISTRATOR)]
    for pattern in urlpatterns:
        for name in pattern.pattern.converters:
            path = "/staff/trials/" + filled(pattern, {**known, name: odd})
            for client in clients:
                assert client.get(path).status_code in (301, 400, 403, 404, 405), path
                assert client.post(path).status_code in (301, 400, 403, 404, 405), path


def filled(pattern: URLPattern, values: dict[str, str]) -> str:
    path = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = "int" if converter.regex == "[0-9]+" else "str"
        path = path.replace(f"<{kind}:{name}>", values[name])
    return path


@pytest.mark.parametrize(
    "query", ["page=-1", "page=99999999", "page=x", "site=%00", "state=no", "find=%27%25", "site=zz"]
)
def test_nonsense_asked_of_a_list_finds_nobody_or_everybody(query: str, running: Running) -> None:
    client = browser(Role.COORDINATOR)
    assert client.get(f"{LOG}participants/?{query}").status_code == 200
    assert client.get(f"{LOG}audit/?{query}").status_code in (200, 404)
    assert client.get(f"{LOG}queries/?{query}&show=zz").status_code == 200
    assert client.get(f"{LOG}audit/?before={query}").status_code == 200


def test_every_form_wants_its_token(running: Running) -> None:
    clients = {letter: browser(role, strict=True) for letter, role in LETTERS.items()}
    sent = 0
    for pattern, seen_by, others in EXPECTED:
        for letter in {*seen_by, *"".join(others)}:
            here = address(pattern, running)
            assert clients[letter].post(here, {"key": "k", "reason": "r"}).status_code == 403, here
            sent += 1
    assert sent > 200


def test_signing_in_never_leads_to_another_host(running: Running) -> None:
    client, person = fresh_client(), make_person("coordinator-01")
    for onward in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        response = client.post(
            "/accounts/sign-in/", {"login": person.username, "password": "three quiet brown foxes", "next": onward}
        )
        assert "evil" not in response.get("Location", "")
        assert "javascript" not in response.get("Location", "")


def test_the_pages_are_kept_by_nobody(running: Running) -> None:
    response = browser(Role.COORDINATOR).get(f"{LOG}participants/{running.randomised}/")
    assert "no-store" in response["Cache-Control"]
