"""Small records of our own for tests."""

import json
from typing import Any


def record(number: int = 1, **modules: dict[str, Any]) -> bytes:
    """A study record with the modules given, such as ``statusModule={"overallStatus": "RECRUITING"}``."""
    identification = {"nctId": f"NCT{number:08d}", "briefTitle": f"Study {number}"}
    identification |= modules.pop("identificationModule", {})
    derived = modules.pop("derivedSection", {})
    sections = {"protocolSection": {"identificationModule": identification, **modules}}
    return json.dumps(sections | ({"derivedSection": derived} if derived else {})).encode()


def site(city: str, lat: float | None = None, lon: float | None = None, **fields: str) -> dict[str, Any]:
    point = {"geoPoint": {"lat": lat, "lon": lon}} if lat is not None else {}
    return {"facility": f"Hospital of {city}", "city": city, **fields, **point}


def updated(date: str, **status: Any) -> dict[str, Any]:
    return {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": date}, **status}
