// Passkeys: the browser is asked for one, and its answer is sent with an ordinary form.
"use strict";

(() => {
  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (one) => one.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async ({ publicKey }, alone) => {
    const chosen = { ...publicKey.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
    if (alone) chosen.userVerification = "required";
    return navigator.credentials.create({ publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
      authenticatorSelection: chosen,
    } });
  };
  const get = async ({ publicKey }) => navigator.credentials.get({ publicKey: {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    allowCredentials: named(publicKey.allowCredentials),
  } });

  const told = (one) => {
    const response = { clientDataJSON: text(one.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (one.response[part]) response[part] = text(one.response[part]);
    }
    if (one.response.getTransports) response.transports = one.response.getTransports();
    return JSON.stringify({
      id: one.id,
      rawId: text(one.rawId),
      type: one.type,
      authenticatorAttachment: one.authenticatorAttachment,
      clientExtensionResults: one.getClientExtensionResults(),
      response,
    });
  };

  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  };

  const ask = async (form) => {
    const problem = form.querySelector("[data-passkey-problem]");
    problem.textContent = "";
    try {
      const options = await optionsOf(form);
      const made = form.dataset.passkey === "create";
      const one = await (made ? create(options, form.elements.passwordless.checked) : get(options));
      form.elements.credential.value = told(one);
      form.submit();
    } catch (error) {
      problem.textContent = error.name === "InvalidStateError"
        ? "This passkey is on your account already."
        : "The browser gave no passkey. Try again, or use another way.";
    }
  };

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-without-passkey]").forEach((words) => { words.hidden = true; });
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(form); });
    form.querySelector("[data-passkey-go]").addEventListener("click", () => ask(form));
  });
})();
