"""The API itself: its address, its errors, its description (OpenAPI)."""

from ninja import NinjaAPI

from equipoise.web.api.criteria import router as criteria
from equipoise.web.api.errors import refuse_in_json
from equipoise.web.api.people import router as people
from equipoise.web.api.sent import JsonParser

api = NinjaAPI(
    title="Equipoise",
    version="1",
    description="Eligibility criteria as data. Unknown is an answer. The study team decides, not this program.",
    docs_url=None,
    urls_namespace="api",
    parser=JsonParser(),
)
api.add_router("/criteria", criteria)
api.add_router("", people)
refuse_in_json(api)
