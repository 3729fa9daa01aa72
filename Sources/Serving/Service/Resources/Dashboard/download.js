import { request } from "./api.js";

/** Makes links with `download` load through `request`, since a plain link cannot send a key. */
export function startDownloads() {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[download]");
    if (link === null || link.protocol === "blob:") return;
    event.preventDefault();
    const note = document.getElementById("download-note");
    try {
      note.textContent = "Loading…";
      const response = await request(link.pathname, { headers: { Accept: "*/*" } });
      save(await response.blob(), link.pathname.slice(1));
      note.textContent = "";
    } catch (problem) {
      note.textContent = `Not loaded: ${problem.message}.`;
    }
  });
}

/** Hands data to the browser's downloads. */
function save(data, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
