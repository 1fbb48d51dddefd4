/// How a page looks, and the little that it does.
enum ReportStyle {
  static let css = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --panel: #f5f6f8; --text: #1b1f24; --muted: #5a636e; --line: #dde1e6;
      --accent: #2166ac; --bar: #b4bcc6; --warning: #e8590c; --shade: #c4cbd3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171c; --panel: #1e232a; --text: #eceff4; --muted: #98a2af; --line: #323941;
        --accent: #6ca8e0; --bar: #4a5361; --warning: #ff922b; --shade: #465160;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; scroll-padding-top: 0.5rem; }
    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    body {
      margin: 0 auto; max-width: 1280px; padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 3rem;
      background: var(--page); color: var(--text);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      overflow-wrap: anywhere;
    }
    h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
    h2 { font-size: 1rem; margin: 0; display: inline; }
    p { margin: 0.5rem 0; max-width: 75ch; }
    .subtitle, .caption, footer { color: var(--muted); }
    .caption { font-size: 0.875rem; font-variant-numeric: tabular-nums; }
    nav {
      display: flex; flex-wrap: wrap; gap: 0.375rem; margin: 1rem 0 1.25rem;
      max-height: 11rem; overflow-y: auto;
      /* Edges shade where there is more behind them; at the list's own ends, covers move over them. */
      background:
        linear-gradient(var(--page) 40%, transparent) top / 100% 2rem local,
        linear-gradient(transparent, var(--page) 60%) bottom / 100% 2rem local,
        linear-gradient(var(--shade), transparent) top / 100% 0.875rem scroll,
        linear-gradient(transparent, var(--shade)) bottom / 100% 0.875rem scroll;
      background-repeat: no-repeat;
    }
    nav a {
      padding: 0.125rem 0.625rem; border: 1px solid var(--line); border-radius: 1rem;
      color: var(--text); text-decoration: none; font-size: 0.875rem;
    }
    nav a:hover { border-color: var(--accent); color: var(--accent); }
    a { color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    details { border-top: 1px solid var(--line); padding: 0.25rem 0 0.75rem; }
    summary { cursor: pointer; padding: 0.5rem 0; }
    summary::marker { color: var(--muted); }
    summary .link { visibility: hidden; text-decoration: none; }
    summary:hover .link, .link:focus-visible { visibility: visible; }
    details:target > summary h2 { color: var(--accent); }
    .picture { overflow-x: auto; margin: 0.25rem 0 0.5rem; }
    .picture img { display: block; image-rendering: pixelated; height: auto; max-width: none; }
    .tiles { display: flex; flex-wrap: wrap; gap: 4px; margin: 0.25rem 0 0.5rem; }
    .tiles figure { margin: 0; width: var(--width); max-width: 100%; }
    .tiles img { display: block; width: 100%; height: auto; image-rendering: pixelated; }
    .tiles.smooth img { image-rendering: auto; }
    .tiles.framed img { outline: 1px solid var(--line); outline-offset: -1px; }
    .tiles.wide { display: block; overflow-x: auto; }
    .tiles.wide figure { max-width: none; }
    .tiles figcaption {
      color: var(--muted); font-size: 0.6875rem; line-height: 1.3; white-space: nowrap;
      overflow: hidden; text-overflow: ellipsis;
    }
    .tiles .dead img { outline: 2px solid var(--warning); outline-offset: -2px; }
    .tiles .dead figcaption { text-decoration: line-through; }
    .tiles figure:target { outline: 2px solid var(--accent); outline-offset: 1px; }
    .later { display: none; }
    .all:checked ~ .tiles .later { display: block; }
    .all { position: absolute; opacity: 0; }
    .all + label { color: var(--accent); cursor: pointer; font-size: 0.875rem; }
    .all:focus-visible + label { outline: 2px solid var(--accent); outline-offset: 2px; }
    .all:checked + label .more, .all:not(:checked) + label .fewer { display: none; }
    .legend { max-width: 22rem; margin: 0.25rem 0 0.75rem; }
    .legend .bar { height: 8px; }
    .legend .ends {
      display: flex; justify-content: space-between; color: var(--muted); font-size: 0.75rem;
      font-variant-numeric: tabular-nums;
    }
    .scroll { overflow-x: auto; margin: 0.25rem 0 0.5rem; }
    table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
    .scroll th, .scroll td {
      padding: 0.25rem 1.25rem 0.25rem 0; text-align: left; border-bottom: 1px solid var(--line);
      white-space: nowrap;
    }
    .scroll th { color: var(--muted); font-weight: 500; }
    .scroll .number { text-align: right; }
    .beside { display: flex; flex-wrap: wrap; align-items: center; gap: 0 2.5rem; }
    .beside .bars { flex: 1 1 18rem; }
    .bars { width: 100%; max-width: 36rem; margin: 0.25rem 0 0.5rem; }
    .bars th { font-weight: 400; text-align: right; padding: 0.125rem 0.75rem 0.125rem 0; }
    .bars td.track { width: 65%; padding: 0; }
    .track div { height: 0.875rem; border-radius: 2px; background: var(--bar); min-width: 1px; }
    .bars .number { padding-left: 0.75rem; text-align: right; white-space: nowrap; }
    .winner th, .winner .number { font-weight: 650; }
    .winner .track div { background: var(--accent); }
    footer { border-top: 1px solid var(--line); margin-top: 0.5rem; padding-top: 0.75rem;
      font-size: 0.8125rem; }
    @media (max-width: 36rem) {
      .tiles:not(.wide) figure { max-width: calc(50% - 2px); }
      .bars tr { display: grid; grid-template-columns: 1fr auto; }
      .bars th { text-align: left; }
      .bars td.track { grid-area: 2 / 1 / 3 / 3; width: auto; }
    }
    @media (prefers-color-scheme: dark) {
      .turned img, .bar.turned { filter: \(Colormap.darkFilter); }
      .tiles.turned.framed img { outline-color: #cdc6be; } /* --line, before the filter */
    }
    @media print {
      details { break-inside: avoid; } nav, .all + label { display: none; }
      .later { display: block; }
    }

    """

  /// A link to a folded section, or to a tile that is not among the first, shows it.
  static let script = """
    function unfold() {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const section = target?.closest("details");
      if (!section) { return; }
      section.open = true;
      const all = section.querySelector("input.all");
      if (all && target.matches(".later")) { all.checked = true; }
      target.scrollIntoView();
    }
    addEventListener("hashchange", unfold);
    unfold();

    """
}
