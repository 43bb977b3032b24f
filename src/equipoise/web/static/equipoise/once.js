// Of a page that shows something once: to come back to it, or to load it again, leads to the form it answered.
"use strict";

history.replaceState(null, "", location.href);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
