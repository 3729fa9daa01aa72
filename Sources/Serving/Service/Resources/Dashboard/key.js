/** The API key: asked for when the service wants one, kept for this tab, forgotten on demand. */

const stored = "kindred-api-key";
const section = document.getElementById("key");
const field = document.getElementById("key-value");
const notice = section.querySelector(".notice");
const forget = document.getElementById("forget-key");

let asking = null;

/** The key, or null where none has been given. */
export const apiKey = () => sessionStorage.getItem(stored);

/**
 * Asks for a key and resolves once one is given. All who ask at once wait for the same answer.
 *
 * @param refused the key that was not accepted, or null
 */
export function askForKey(refused) {
  // Another request may have got a new key while this one was under way with the old.
  if (refused !== apiKey()) return Promise.resolve();
  asking ??= new Promise((resolve) => {
    notice.textContent = refused ? "That key was not accepted." : "";
    notice.hidden = !refused;
    section.hidden = false;
    field.focus();
    section.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(stored, field.value.trim());
      field.value = "";
      section.hidden = true;
      forget.hidden = false;
      asking = null;
      resolve();
    }, { once: true });
  });
  return asking;
}

/** Wires the button which forgets the key. */
export function startForgetButton() {
  forget.hidden = apiKey() === null;
  forget.addEventListener("click", () => {
    sessionStorage.removeItem(stored);
    // What the key gave access to must not stay on the screen.
    location.reload();
  });
}
