import { SCRIPT_BASE64URL } from "../script-base64url.ts";

/**
 * The account page's one script: makes a passkey and posts what the authenticator answered by the
 * page's own form, which stays hidden without it.
 */
export const ACCOUNT_PAGE_SCRIPT = `"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.isSecureContext || !window.PublicKeyCredential) return;
  const said = form.querySelector("[data-said]");
  ${SCRIPT_BASE64URL}
  const say = (text) => {
    said.textContent = text;
    said.hidden = false;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    const { client_id, as } = form.elements;
    const body = new URLSearchParams({ client_id: client_id.value, as: as.value });
    const answer = await fetch("/login/account/passkeys/options", { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok) {
      say("A passkey cannot be made now. Load this page again, and confirm that it is you.");
      return;
    }
    const options = await answer.json();
    try {
      const credential = await navigator.credentials.create({
        publicKey: {
          challenge: decode(options.challenge),
          rp: options.rp,
          user: { id: decode(options.user.id), name: options.user.name, displayName: options.user.display_name },
          pubKeyCredParams: options.pub_key_cred_params.map(({ type, alg }) => ({ type, alg })),
          timeout: options.timeout,
          attestation: options.attestation,
          excludeCredentials: (options.exclude_credentials || []).map(({ id, type, transports }) => ({
            id: decode(id),
            type,
            ...(transports && { transports }),
          })),
          authenticatorSelection: {
            residentKey: options.authenticator_selection.resident_key,
            requireResidentKey: options.authenticator_selection.require_resident_key,
            userVerification: options.authenticator_selection.user_verification,
          },
        },
      });
      const { response } = credential;
      form.elements.passkey.value = JSON.stringify({
        id: credential.id,
        raw_id: credential.id,
        type: credential.type,
        response: {
          client_data_json: encode(response.clientDataJSON),
          attestation_object: encode(response.attestationObject),
          transports: response.getTransports ? response.getTransports() : [],
        },
      });
      form.submit();
    } catch (error) {
      say(
        error.name === "InvalidStateError"
          ? "This device has a passkey for your account already."
          : "No passkey was made. Try again, or use another device.",
      );
    }
  });
  form.hidden = false;
})();
`;
