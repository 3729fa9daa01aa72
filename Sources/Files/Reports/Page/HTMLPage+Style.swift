import FileOutput

extension HTMLPage {
    // Model colors are those of Okabe and Ito (2008, Color Universal Design), safe for color blindness; dark ones are
    // lightened on a dark page and light ones darkened on a light one, for a contrast of at least 3.
    static let style: Markup = """
        :root {
          --paper: #ffffff; --ink: #1c2127; --muted: #5b6570; --rule: #d5dae0; --grid: #e9ecf0; --panel: #f8f9fa;
          --bar: #6b7a8c; --good: #00704f; --frame: #1c2127;
          --m0: #0072b2; --m1: #d55e00; --m2: #009e73; --m3: #b8558c; --m4: #bb7f00; --m5: #2e90cc; --m6: #444c56;
          --m7: #928a00;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #14171b; --ink: #e4e7eb; --muted: #9ba5b1; --rule: #3a424c; --grid: #272d35; --panel: #1a1e24;
            --bar: #8392a5; --good: #35c69a; --frame: #e4e7eb;
            --m0: #4aa5e0; --m1: #f0803c; --m2: #2cc397; --m3: #df8fbb; --m4: #e69f00; --m5: #8ccdf2; --m6: #b6bec8;
            --m7: #f0e442;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
          font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { max-width: 74rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem; }
        h1 { margin: 0 0 .75rem; font-size: clamp(1.6rem, 4vw, 2.25rem); line-height: 1.2; letter-spacing: -.015em;
          overflow-wrap: anywhere; }
        h2 { margin: 0 0 .5rem; font-size: 1.35rem; letter-spacing: -.01em; }
        h3 { margin: 0; font-size: 1rem; }
        p { margin: 0 0 1rem; max-width: 46rem; }
        a { color: inherit; text-underline-offset: .2em; text-decoration-color: var(--muted); }
        a:hover { text-decoration-color: currentColor; }
        :focus-visible { outline: 2px solid var(--m0); outline-offset: 2px; }
        code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .9em; }
        section { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
        section > h3 { margin-top: 2rem; }
        .answer { max-width: 52rem; font-size: 1.15rem; }
        .facts, .muted, .none, .favorites, footer { color: var(--muted); }
        .nowrap { white-space: nowrap; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1.5rem 0 0; padding: 0; list-style: none;
          font-size: .9rem; }
        footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: 1rem; font-size: .9rem; }

        .scroll { position: relative; overflow-x: auto; margin: 1rem 0 1.5rem; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
        caption { width: min(100%, calc(100vw - 2.5rem)); padding: 0 0 .6rem; text-align: left; color: var(--muted); }
        th, td { padding: .4rem .55rem; text-align: right; font-weight: 400; }
        th { color: var(--muted); }
        tbody th { color: var(--ink); }
        tr > :first-child, .text { text-align: left; }
        thead tr:last-child { border-bottom: 1px solid var(--ink); }
        tbody tr + tr { border-top: 1px solid var(--grid); }
        .scroll tr > :first-child { position: sticky; left: 0; z-index: 1; background: var(--paper); }
        .summary { width: 100%; }
        .summary td { white-space: nowrap; }
        .summary th[scope=colgroup] { text-align: left; padding-bottom: 0; color: var(--ink); font-weight: 600; }
        .summary colgroup + colgroup { border-left: 1px solid var(--rule); }
        .summary th[scope=col] { white-space: nowrap; }
        .name { white-space: nowrap; font-weight: 600; }
        .name::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em;
          border-radius: 50%; background: var(--c); }
        .frame { display: inline-block; position: relative; margin: -.1rem -.3rem; padding: 0 .25rem;
          border: 1.5px solid var(--frame); border-radius: .3rem; }
        .starred { margin-right: -.7rem; padding-right: .65rem; }
        .frame sup { position: absolute; right: .15rem; top: .1rem; font-size: 1rem; line-height: 1; }
        .differences { width: 100%; }
        .differences tbody th { white-space: nowrap; }
        .plot { padding-block: 0; text-align: center; }
        .interval { display: inline-block; vertical-align: middle; }

        .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .75rem; padding: 0; list-style: none;
          font-size: .9rem; }
        .legend li { display: flex; align-items: center; gap: .4rem; }
        .pair, .multiples { display: grid; gap: 1rem; align-items: start; }
        .pair { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
        .multiples { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); }
        figure { margin: 0; padding: .9rem 1rem; border-radius: .5rem; background: var(--panel); max-width: 44rem; }
        figcaption { margin-bottom: .5rem; }
        figcaption p { margin: 0; font-size: .85rem; color: var(--muted); }
        .multiples .chart { max-width: 22rem; }
        .chart { display: block; width: 100%; height: auto; }
        .m0 { --c: var(--m0); } .m1 { --c: var(--m1); } .m2 { --c: var(--m2); } .m3 { --c: var(--m3); }
        .m4 { --c: var(--m4); } .m5 { --c: var(--m5); } .m6 { --c: var(--m6); } .m7 { --c: var(--m7); }
        .open { --c: var(--muted); }
        text { fill: var(--ink); font-size: 12px; font-family: inherit; font-variant-numeric: tabular-nums; }
        .tick { fill: var(--muted); }
        .tick .muted { font-size: 10.5px; opacity: .8; fill: var(--muted); }
        .axis-title { fill: var(--muted); }
        .grid { stroke: var(--grid); fill: none; }
        .axis { stroke: var(--muted); fill: none; }
        .line { stroke: var(--c); stroke-width: 2; fill: none; stroke-linejoin: round; }
        .point { fill: var(--c); stroke: var(--panel); stroke-width: 1; }
        .ideal { stroke: var(--muted); stroke-dasharray: 3 4; fill: none; }
        .cell { fill: var(--c); }
        .target { stroke: var(--ink); stroke-width: 1.5; fill: none; }
        .mean { fill: var(--ink); stroke: var(--panel); stroke-width: 1.5; }
        .bar { fill: var(--bar); }
        .zero { stroke: var(--muted); stroke-dasharray: 2 2; fill: none; }
        .range { stroke: var(--c); stroke-width: 1.75; fill: none; }
        .estimate { fill: var(--c); stroke: var(--c); stroke-width: 1.75; }
        .open .estimate { fill: var(--paper); }

        .examples { width: 100%; }
        .examples td { min-width: 10rem; text-align: left; vertical-align: top; }
        .examples thead th { text-align: left; }
        .examples tbody th { color: var(--muted); vertical-align: top; }
        .examples small { display: block; color: var(--muted); line-height: 1.35; }
        .relevant { box-shadow: inset 2px 0 var(--good); }
        .check { color: var(--good); font-weight: 700; }
        .lists { display: inline-block; padding: 0 .35rem; border: 1px solid var(--rule); border-radius: 1rem;
          font-size: .75rem; color: var(--muted); white-space: nowrap; }
        .options td { overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: .75rem 2rem; margin: 0; }
        dt { font-weight: 600; }
        dd { margin: 0; color: var(--muted); }
        @media print {
          :root { --panel: #ffffff; }
          main { max-width: none; padding: 0; }
          nav { display: none; }
          section { margin-top: 1.5rem; }
          .scroll { overflow: visible; }
          table { font-size: 8pt; }
          figure, tr { break-inside: avoid; }
          h2, h3, caption { break-after: avoid; }
          .cell, .bar, .frame { print-color-adjust: exact; }
        }

        """
}
