// Before a session ends by itself, the person is asked whether they are still there.
"use strict";

(() => {
  const asked = document.querySelector("dialog[data-stay]");
  if (!asked) return;
  const idle = Number(asked.dataset.stay) * 1000;
  const before = Math.min(120_000, idle / 2);
  const words = asked.querySelector("[data-stay-words]");
  const wait = () => setTimeout(() => asked.showModal(), idle - before);
  let timer = wait();

  asked.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.status !== 204) throw new Error(String(answer.status));
      asked.close();
      clearTimeout(timer);
      timer = wait();
    } catch {
      words.textContent = "You are signed out already, or the server cannot be reached. Close this with Escape, copy what you wrote, and sign in again.";
    }
  });
})();
