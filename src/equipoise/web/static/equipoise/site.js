// What a script adds to pages that work without one: my location, saving, a compare tray, a glossary drawer.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const said = document.getElementById("said");
  const say = (words) => { said.textContent = ""; setTimeout(() => { said.textContent = words; }, 50); };
  const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

  // Kept in this browser and nowhere else.
  const kept = (store, name) => {
    try { return JSON.parse(store.getItem(name)) || []; } catch { return []; }
  };
  const keep = (store, name, list) => {
    try { store.setItem(name, JSON.stringify(list)); return true; } catch { return false; }
  };

  // Saved studies.
  const SAVED = "equipoise-saved";
  const dressSave = (button) => {
    const on = kept(localStorage, SAVED).includes(button.dataset.save);
    button.hidden = false;
    const { saved, unsaved } = button.dataset;
    if (!saved) button.setAttribute("aria-pressed", String(on));
    button.firstChild.textContent = on ? saved || "Saved" : unsaved || "Save";
  };
  const toggleSave = (button) => {
    const id = button.dataset.save;
    const list = kept(localStorage, SAVED);
    const on = list.includes(id);
    if (!keep(localStorage, SAVED, on ? list.filter((each) => each !== id) : [...list, id])) {
      say("This browser does not let pages keep anything.");
      return;
    }
    dressSave(button);
    say(on ? `${id} taken off your list.` : `${id} saved in this browser.`);
  };
  const fillSaved = async (place) => {
    const list = kept(localStorage, SAVED).filter((id) => /^NCT\d{8}$/.test(id));
    const query = list.map((id) => `id=${id}`).join("&");
    try {
      const answer = await fetch(`${place.dataset.savedList}?${query}`, { credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = await answer.text();
      dress(place);
    } catch {
      place.textContent = "Your list could not be read just now. It is still kept in this browser: try again in a minute.";
    }
  };

  // Compare: up to four, also across pages of results.
  const CHOSEN = "equipoise-compare";
  const MOST = 4;
  const boxes = () => [...document.querySelectorAll('input[name="id"][form="compare"]')];
  const dressTray = () => {
    const form = document.querySelector("[data-compare]");
    if (!form) return;
    const chosen = kept(sessionStorage, CHOSEN);
    boxes().forEach((box) => {
      box.checked = chosen.includes(box.value);
      box.disabled = chosen.length >= MOST && !box.checked;
    });
    each("input[data-elsewhere]", (input) => input.remove(), form);
    const here = boxes().map((box) => box.value);
    chosen.filter((id) => !here.includes(id)).forEach((id) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "id", value: id });
      input.dataset.elsewhere = "";
      form.append(input);
    });
    form.hidden = chosen.length === 0;
    const words = chosen.length === 1 ? "1 study chosen; choose up to 4" : `${chosen.length} studies chosen${chosen.length === MOST ? ", the most there is room for" : ""}`;
    form.querySelector("[data-compare-words]").textContent = words;
  };
  const choose = (box) => {
    const others = kept(sessionStorage, CHOSEN).filter((id) => id !== box.value);
    const chosen = box.checked ? [...others, box.value] : others;
    keep(sessionStorage, CHOSEN, chosen.slice(0, MOST));
    dressTray();
    say(document.querySelector("[data-compare-words]").textContent || "No study chosen");
  };

  // My location: fills the place field with coordinates; they leave the browser only when the form is sent.
  const locate = (button) => {
    const field = button.parentElement.querySelector("input");
    say("Asking your browser where you are.");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(2)}, ${coords.longitude.toFixed(2)}`;
        field.focus();
        say("Your location is filled in, to about one kilometre.");
      },
      () => { field.focus(); say("Your browser did not say where you are. Type a city or a postcode instead."); },
      { maximumAge: 600000, timeout: 15000 },
    );
  };

  // A checklist: “None of these” stands alone.
  const alone = (box) => {
    if (!box.checked) return;
    each("input[type=checkbox]", (other) => {
      if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) other.checked = false;
    }, box.closest("fieldset"));
  };

  // The glossary drawer.
  const explain = (link) => {
    const entry = document.getElementById(link.hash.slice(1));
    const drawer = document.getElementById("drawer");
    if (!entry || !drawer || !drawer.showModal) return false;
    drawer.querySelector("h2").textContent = entry.querySelector("dt").textContent;
    drawer.querySelector("p").textContent = entry.querySelector("dd").textContent;
    drawer.showModal();
    drawer.addEventListener("close", () => link.focus(), { once: true });
    return true;
  };

  const dress = (within) => {
    each("[data-save]", dressSave, within);
    if ("geolocation" in navigator) each("[data-locate]", (button) => { button.hidden = false; }, within);
    each("[data-print]", (button) => { button.hidden = false; }, within);
    dressTray();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("[data-save]")) toggleSave(button);
    if (button?.matches("[data-locate]")) locate(button);
    if (button?.matches("[data-print]")) window.print();
    event.target.closest("[data-close]")?.closest("dialog").close();
    const link = event.target.closest("a.term");
    if (link && !event.ctrlKey && !event.metaKey && explain(link)) event.preventDefault();
    if (event.target.matches("dialog")) event.target.close();
    const jump = event.target.closest('a[href="#filters"], a[href="#map"]');
    if (jump) document.getElementById(jump.hash.slice(1)).focus();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches('input[name="id"][form="compare"]')) choose(event.target);
    if (event.target.matches(".choice input[type=checkbox]")) alone(event.target);
  });

  // Addresses stay short: empty fields are left out.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-tidy]")) return;
    [...event.formData.keys()].forEach((name) => {
      const full = event.formData.getAll(name).filter((value) => value !== "");
      event.formData.delete(name);
      full.forEach((value) => event.formData.append(name, value));
    });
    if (!event.formData.has("near")) event.formData.delete("within");
  });

  // Filters without a reload: keep what was open, say the count, put the focus where the change is.
  let opened = [];
  let paging = false;
  let held = null;
  const ticked = (name, value) => document.querySelector(`#answer [name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const full = Object.entries(detail.parameters).filter(([, value]) => value !== "");
    detail.parameters = Object.fromEntries(full);
    if (!detail.parameters.near) delete detail.parameters.within;
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    opened = [...document.querySelectorAll("#answer details[id]")].map((part) => [part.id, part.open]);
    paging = Boolean(detail.elt.closest(".pages"));
    const by = detail.requestConfig.triggeringEvent?.target;
    held = by?.matches?.(".filters input[type=checkbox]") ? [by.name, by.value, by.getBoundingClientRect().top] : null;
    document.querySelector(".answer")?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterSettle", () => {
    opened.forEach(([id, open]) => { const part = document.getElementById(id); if (part) part.open = open; });
    dress(document);
    // On a phone the filters stand under the results: the one just ticked stays where the finger is.
    const again = held && ticked(held[0], held[1]);
    if (again) window.scrollBy({ top: again.getBoundingClientRect().top - held[2], behavior: "instant" });
    const count = document.getElementById("count");
    if (!count) return;
    say(count.textContent);
    if (paging) count.focus();
  });
  const go = ({ detail }) => { window.location.assign(detail.pathInfo?.finalRequestPath || detail.pathInfo?.requestPath || window.location.href); };
  document.addEventListener("htmx:responseError", go);
  document.addEventListener("htmx:sendError", () => say("The server could not be reached. Try again."));

  dress(document);
  each("[data-saved-list]", fillSaved);
  document.getElementById("problems")?.focus();
})();
