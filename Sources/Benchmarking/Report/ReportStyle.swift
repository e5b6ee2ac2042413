/// The look of a report: one style for light and dark.
enum ReportStyle {
    static let css = variables + page + tables + charts + palette

    private static let variables = """

        :root {
          color-scheme: light dark;
          --page: #f5f6f8; --card: #ffffff; --text: #1c2530; --muted: #5f6b7a; --rule: #dde2e8;
          --grid: #e8ecf0; --best: #0b6b3a; --hover: rgba(30, 60, 110, .08);
          --c0: #1f63d6; --c1: #d1600a; --c2: #0a8a5f; --c3: #c2264b;
          --c4: #7a3fd0; --c5: #0786a3; --c6: #a0760a; --c7: #5b6675;
          --weights: #6f83bd; --used: #e58a3a; --cached: #f4cf9c; --other: #b9c0ca;
          --free: #e4efe8;
          --drop: #c2264b; --exchange: #a0760a; --restore: #0a8a5f;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #10141a; --card: #181e26; --text: #e4e9f0; --muted: #97a3b2; --rule: #2b333e;
            --grid: #262e38; --best: #5fd39a; --hover: rgba(190, 215, 255, .10);
            --c0: #6ea2ff; --c1: #ff9c52; --c2: #4cc99a; --c3: #ff7a98;
            --c4: #b48cff; --c5: #4fc3dd; --c6: #dcb64a; --c7: #a7b2c0;
            --weights: #5468a6; --used: #cf7526; --cached: #7d6338; --other: #4b5563;
            --free: #21352b;
            --drop: #ff7a98; --exchange: #dcb64a; --restore: #4cc99a;
          }
        }
        """

    private static let page = """

        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 28px 20px 60px; }
        h1 { font-size: 25px; line-height: 1.2; margin: 0 0 4px; }
        h2 { font-size: 17px; margin: 34px 0 12px; }
        h3 { font-size: 14px; margin: 14px 0 4px; }
        header p { color: var(--muted); margin: 0 0 10px; overflow-wrap: anywhere; }
        pre { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
          padding: 12px 14px; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere;
          font: 13px/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
        .cards { display: grid; gap: 16px;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 430px), 1fr)); }
        .cards.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 285px), 1fr)); }
        figure { margin: 0; padding: 14px 14px 8px; background: var(--card);
          border: 1px solid var(--rule); border-radius: 10px; }
        figcaption { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline;
          margin-bottom: 6px; }
        figcaption span { color: var(--muted); font-size: 13px; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px;
          color: var(--muted); margin: 0 0 8px; }
        .legend span { display: inline-flex; align-items: center; gap: 6px; }
        .legend i, th i { display: inline-block; width: 12px; height: 12px; border-radius: 3px;
          background: currentColor; }
        .legend i.dash { height: 3px; border-radius: 0; }
        .legend i.rule { width: 0; height: 14px; border-radius: 0; background: none;
          border-left: 2px dashed currentColor; }
        .cards.small figure { padding: 12px 10px 6px; }
        """

    private static let tables = """

        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--rule);
          border-radius: 10px; margin-bottom: 14px; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        .results { width: 100%; }
        .results th, .results td { padding: 4px 14px; text-align: right; white-space: nowrap; }
        .results thead th { padding: 9px 14px 8px; border-bottom: 1px solid var(--rule);
          font-weight: 400; font-size: 13px; color: var(--muted); }
        .results tbody th { text-align: left; font-weight: 600; }
        .results tbody th i { margin-right: 8px; vertical-align: -1px; }
        .results .group th { padding-top: 11px; font-weight: 400; font-size: 13px;
          color: var(--muted); }
        .results tbody tr:first-child:not(.group) > * { padding-top: 9px; }
        .results tbody tr:not(.group):hover { background: var(--hover); }
        .results tbody tr:last-child > * { padding-bottom: 10px; }
        .results .best { color: var(--best); font-weight: 650; }
        details { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
          margin-bottom: 10px; padding: 10px 14px; overflow-x: auto; }
        summary { cursor: pointer; }
        .events { margin-top: 8px; font-size: 13px; }
        .events td { padding: 3px 16px 3px 0; vertical-align: top; }
        .events .n { text-align: right; white-space: nowrap; color: var(--muted); }
        .dot { display: inline-block; width: 8px; height: 8px; border-radius: 50%;
          background: currentColor; margin-right: 7px; }
        """

    private static let charts = """

        svg { display: block; width: 100%; height: auto; }
        svg text { font-size: 11px; fill: var(--muted); }
        .grid { stroke: var(--grid); fill: none; }
        .axis { stroke: var(--muted); stroke-opacity: .6; fill: none; }
        .line { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round;
          stroke-linecap: round; }
        .line.dash { stroke-dasharray: 5 4; }
        .area { fill: currentColor; stroke: none; }
        .marker path { fill: none; stroke: currentColor; stroke-width: 1.4;
          stroke-dasharray: 4 3; }
        .marker .hit { stroke: transparent; stroke-width: 9; stroke-dasharray: none; }
        .hint { fill: transparent; }
        .hint:hover { fill: var(--hover); }
        """

    private static let palette = """

        .s0 { color: var(--c0); } .s1 { color: var(--c1); } .s2 { color: var(--c2); }
        .s3 { color: var(--c3); } .s4 { color: var(--c4); } .s5 { color: var(--c5); }
        .s6 { color: var(--c6); } .s7 { color: var(--c7); }
        .m-weights { color: var(--weights); } .m-used { color: var(--used); }
        .m-cached { color: var(--cached); } .m-other { color: var(--other); }
        .m-free { color: var(--free); }
        .e-drop { color: var(--drop); } .e-exchange { color: var(--exchange); }
        .e-restore { color: var(--restore); } .e-other { color: var(--muted); }

        """
}
