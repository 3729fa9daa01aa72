import FileOutput

extension CatalogPage {
    static let style: Markup = """
        :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
        body { margin: 0 auto; max-width: 94rem; padding: 1.25rem; }
        nav { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 0.5rem; }
        h2 { margin-top: 2rem; } h3 { margin: 0; font-size: 1rem; }
        article { border-top: 1px solid color-mix(in srgb, currentcolor 20%, transparent); padding: 0.5rem 0; }
        article p { margin: 0.2rem 0; overflow-wrap: anywhere; } article:target { background: light-dark(#fff3cf, #3d3517); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; }
        th, td { padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentcolor 15%, transparent); font-weight: 400; }
        thead th { opacity: 0.7; font-size: 0.8rem; white-space: nowrap; } .number { text-align: right; }
        code { font-size: 0.8rem; overflow-wrap: anywhere; } summary { cursor: pointer; padding: 0.3rem 0; }
        .failed td, .failed th { color: light-dark(#b03a06, #ff9a66); }
        .histogram rect { fill: light-dark(#2a5fa5, #7fabe9); } small { display: block; }
        .lineage rect { fill: light-dark(#f3f4f1, #22262b); stroke: light-dark(#8b919a, #6c747e); }
        .lineage .source, .lineage .topic { fill: light-dark(#dcebdd, #203a2a); }
        .lineage .output { fill: light-dark(#f6e2d4, #43291a); }
        .lineage text { font-size: 12px; fill: currentcolor; }
        .lineage path { fill: none; stroke: light-dark(#8b919a, #6c747e); }
        .lineage a:hover rect, .lineage a:focus rect { stroke-width: 2; stroke: light-dark(#2a5fa5, #7fabe9); }
        [hidden] { display: none !important; }
        """

    /// Shows the entries that have all words that are searched for.
    static let script: Markup = """
        const field = document.getElementById("search"), found = document.getElementById("found");
        const entries = [...document.querySelectorAll(".entry")].map((entry) => [entry, entry.textContent.toLowerCase()]);
        field.addEventListener("input", () => {
          const words = field.value.toLowerCase().split(" ").filter(String);
          let count = 0;
          for (const [entry, text] of entries) {
            entry.hidden = !words.every((word) => text.includes(word));
            if (!entry.hidden) count += 1;
          }
          found.textContent = words.length ? count + " found" : "";
        });
        """
}
