// Passkeys (WebAuthn Level 3). A button with data-passkey="sign-in" signs in,
// one with data-passkey="add" makes a passkey named by the field
// data-passkey-name. What went wrong is said in the element data-passkey-problem.
"use strict";
(() => {
  const bytes = text => {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(raw, c => c.charCodeAt(0));
  };
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  async function post(path, body) {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Accept": "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    const value = await answer.json();
    if (!answer.ok) throw new Error(value.error);
    return value;
  }

  const named = list => (list ?? []).map(c => ({ ...c, id: bytes(c.id) }));

  async function signIn(button) {
    const next = encodeURIComponent(button.dataset.next ?? "");
    const { publicKey } = await post("/sign-in/passkey/begin?next=" + next);
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.allowCredentials = named(publicKey.allowCredentials);
    const c = await navigator.credentials.get({ publicKey });
    return post("/sign-in/passkey/finish", {
      id: c.id, rawId: text(c.rawId), type: c.type,
      authenticatorAttachment: c.authenticatorAttachment ?? undefined,
      clientExtensionResults: c.getClientExtensionResults(),
      response: {
        clientDataJSON: text(c.response.clientDataJSON),
        authenticatorData: text(c.response.authenticatorData),
        signature: text(c.response.signature),
        userHandle: c.response.userHandle ? text(c.response.userHandle) : undefined,
      },
    });
  }

  async function add() {
    const { publicKey } = await post("/account/passkeys/begin");
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = named(publicKey.excludeCredentials);
    const c = await navigator.credentials.create({ publicKey });
    const name = document.querySelector("[data-passkey-name]")?.value ?? "";
    return post("/account/passkeys/finish?name=" + encodeURIComponent(name), {
      id: c.id, rawId: text(c.rawId), type: c.type,
      authenticatorAttachment: c.authenticatorAttachment ?? undefined,
      clientExtensionResults: c.getClientExtensionResults(),
      response: {
        clientDataJSON: text(c.response.clientDataJSON),
        attestationObject: text(c.response.attestationObject),
        transports: c.response.getTransports?.() ?? [],
      },
    });
  }

  async function run(button) {
    const problem = document.querySelector("[data-passkey-problem]");
    problem.textContent = "";
    button.disabled = true;
    try {
      const { next } = await (button.dataset.passkey === "add" ? add() : signIn(button));
      location.assign(next);
    } catch (e) {
      // A person who closes the dialog gets NotAllowedError: no technical words.
      problem.textContent = e instanceof DOMException ? problem.dataset.passkeyProblem : e.message;
      button.disabled = false;
    }
  }

  document.addEventListener("click", e => {
    const button = e.target.closest?.("[data-passkey]");
    if (button) run(button);
  });
  if (!window.PublicKeyCredential) {
    for (const b of document.querySelectorAll("[data-passkey]")) b.hidden = true;
  }
})();
