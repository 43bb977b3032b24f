"""Every address of the site."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from equipoise.web.api.api import api
from equipoise.web.api.trials.api import trial_api
from equipoise.web.public import (
    about,
    browse,
    compare,
    errors,
    exports,
    feeds,
    history,
    home,
    instruments,
    joining,
    places,
    results,
    saved,
    sitemap,
    study,
)
from equipoise.web.staff import desk, screening, studies

urlpatterns = [
    path("", home.show_home, name="home"),
    path("search/", results.show_results, name="search"),
    path("search.csv", exports.export_csv, name="search-csv"),
    path("search.json", exports.export_json, name="search-json"),
    path("search.rss", feeds.show_rss, name="search-rss"),
    path("search.atom", feeds.show_atom, name="search-atom"),
    path("studies/<str:nct>.json", study.show_record, name="record"),
    path("studies/<str:nct>/", study.show_study, name="study"),
    path("studies/<str:nct>/history/", history.show_history, name="history"),
    path("studies/<str:nct>/join/", joining.show_join, name="join"),
    path("compare/", compare.compare_studies, name="compare"),
    path("saved/", saved.show_saved, name="saved"),
    path("saved/list/", saved.list_saved, name="saved-list"),
    path("locations/", places.show_countries, name="locations"),
    path("locations/<str:country>/", places.show_country, name="country"),
    path("locations/<str:country>/<str:region>/", places.show_region, name="region"),
    path("locations/<str:country>/<str:region>/<str:city>/", places.show_city, name="city"),
    path("conditions/", browse.show_conditions, name="conditions"),
    path("sponsors/", browse.show_sponsors, name="sponsors"),
    path("about-this-data/", about.show_about, name="about"),
    path("glossary/", about.show_glossary, name="glossary"),
    path("instruments/", instruments.list_instruments, name="instruments"),
    path("instruments/<slug:name>/", instruments.show_instrument, name="instrument"),
    path("staff/", studies.choose_study, name="staff-studies"),
    path("staff/trials/", include("equipoise.web.staff.trials.urls")),
    path("staff/reading/<str:nct>/", desk.show_desk, name="staff-desk"),
    path("staff/screen/<str:nct>/", screening.show_screen, name="staff-screen"),
    path("accounts/", include("equipoise.web.accounts.urls")),
    path("api/v1/", api.urls),
    path("api/trials/", trial_api.urls),
    path("robots.txt", sitemap.show_robots, name="robots"),
    path("sitemap.xml", sitemap.show_index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.show_pages, name="sitemap-pages"),
    path("sitemap-places-<int:part>.xml", sitemap.show_places, name="sitemap-places"),
    path("sitemap-studies-<int:part>.xml", sitemap.show_studies, name="sitemap-studies"),
]

handler400 = errors.show_bad_request
handler404 = errors.show_not_found
handler500 = errors.show_failure


def handler429(request: HttpRequest) -> HttpResponse:
    """Asked for by the library of accounts."""
    why = "Each address may try a few times."
    return errors.show_too_many(request, 60, title="Too many attempts", why=why)
