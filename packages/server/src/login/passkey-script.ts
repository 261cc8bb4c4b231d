import { SCRIPT_BASE64URL } from "./script-base64url.ts";

/**
 * The one script of the hosted pages: offers a passkey in the address field's autofill and behind a
 * button, and posts what the authenticator answered by the page's own form. Without it, or without
 * passkeys in the browser, the form stays hidden and the page is as it was.
 */
export const PASSKEY_SCRIPT = `"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.isSecureContext || !window.PublicKeyCredential) return;
  const said = form.querySelector("[data-said]");
  // A challenge lives for ten minutes, and a page may stay open for longer.
  const RENEW_MS = 540000;
  ${SCRIPT_BASE64URL}
  let waiting = null;

  async function ask(mediation) {
    if (waiting) waiting.abort();
    const own = new AbortController();
    waiting = own;
    const body = new URLSearchParams({ request: form.elements.request.value });
    const answer = await fetch("/login/passkeys/options", { method: "POST", body, signal: own.signal });
    if (!answer.ok) throw new Error("options");
    const options = await answer.json();
    const timer = setTimeout(() => mediation && arm(), RENEW_MS);
    try {
      return await navigator.credentials.get({
        ...(mediation && { mediation }),
        signal: own.signal,
        publicKey: {
          challenge: decode(options.challenge),
          rpId: options.rp_id,
          timeout: options.timeout,
          userVerification: options.user_verification,
          allowCredentials: [],
        },
      });
    } finally {
      clearTimeout(timer);
    }
  }

  function send(credential) {
    const { response } = credential;
    form.elements.passkey.value = JSON.stringify({
      id: credential.id,
      raw_id: credential.id,
      type: credential.type,
      response: {
        client_data_json: encode(response.clientDataJSON),
        authenticator_data: encode(response.authenticatorData),
        signature: encode(response.signature),
        ...(response.userHandle && { user_handle: encode(response.userHandle) }),
      },
    });
    form.submit();
  }

  async function arm() {
    try {
      const credential = await ask("conditional");
      if (credential) send(credential);
    } catch {
      // Nobody asked for it: the page goes on without autofill.
    }
  }

  const canFill = async () =>
    Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      const credential = await ask();
      if (credential) send(credential);
    } catch (error) {
      if (error.name === "AbortError") return;
      said.textContent =
        error.name === "NotAllowedError"
          ? "No passkey was used. Try again, or go on another way."
          : "Passkeys cannot be used here now. Go on another way.";
      said.hidden = false;
      if (await canFill()) arm();
    }
  });
  form.hidden = false;
  canFill().then((can) => can && arm());
  // What was given out for a page that comes back from the browser's memory may have run out.
  window.addEventListener("pageshow", async (event) => {
    if (event.persisted && (await canFill())) arm();
  });
})();
`;
