/// How the page looks: one accent per kind of memory, words beside every colour, light and dark.
enum DashboardStyle {
    static let text = [base, frame, numbers, cluster, controls].joined(separator: "\n")

    private static let base = #"""
        :root {
          --bg: #f4f6f9; --panel: #fff; --sunken: #eef1f5; --line: #dbe0e8; --ink: #18202d;
          --dim: #566173; --weights: #4f5bd5; --kv: #0b8a79; --cached: #8ccfc4; --free: #e0ebe9;
          --work: #929db0; --hatch: #c3cad6; --warn: #a85a00; --bad: #c02b2b; --good: #1c7c3c;
          --warn-bg: #fdf1dd; --bad-bg: #fce8e7; --good-bg: #e4f4e8; --cool-bg: #e9ebfd;
          --cool: #3f4ac2; --on: #fff; --shadow: 0 1px 2px rgb(20 30 50 / .06);
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --bg: #0d1117; --panel: #161c26; --sunken: #10161f; --line: #2a3342; --ink: #e7ebf3;
            --dim: #9aa6b9; --weights: #7b86f2; --kv: #1fb5a0; --cached: #2b6d65; --free: #212d33;
            --work: #64718a; --hatch: #3a4658; --warn: #f0b357; --bad: #ff8b84; --good: #6fce8c;
            --warn-bg: #33270f; --bad-bg: #3a1c1c; --good-bg: #14301d; --cool-bg: #22284a;
            --cool: #aab2ff; --on: #0d1117; --shadow: none;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--bg); color: var(--ink); min-width: 320px;
          font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums; }
        h1, h2, h3, p, dl, dd, ol, ul, figure { margin: 0; padding: 0; }
        ol, ul { list-style: none; }
        h1 { font-size: 17px; } h2 { font-size: 15px; } h3 { font-size: 14px; }
        abbr { text-decoration: none; }
        .dim { color: var(--dim); }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); }
        [hidden] { display: none !important; }
        :focus-visible { outline: 2px solid var(--cool); outline-offset: 2px; }
        button, input, textarea { font: inherit; color: inherit; }
        @media (prefers-reduced-motion: no-preference) {
          .bar > i { transition: flex-grow .45s ease-out; }
          .meter > i { transition: width .45s ease-out; }
          .cells i { transition: background-color .3s; }
          main { transition: opacity .3s; }
        }
        """#

    private static let frame = #"""
        .top { position: sticky; top: 0; z-index: 5; display: flex; align-items: center;
          gap: 8px 24px; padding: 10px 24px; background: var(--panel); flex-wrap: wrap;
          border-bottom: 1px solid var(--line); }
        .brand { display: flex; align-items: center; gap: 9px; min-width: 0; }
        .logo { width: 22px; height: 22px; flex: none; }
        .logo .solid { fill: var(--weights); }
        .logo .ghost { fill: none; stroke: var(--kv); stroke-width: 1.5; }
        .model { color: var(--dim); overflow: hidden; text-overflow: ellipsis;
          white-space: nowrap; max-width: 22ch; }
        .facts { display: flex; gap: 20px; margin-right: auto; }
        .facts div { display: flex; gap: 6px; } .facts dt { color: var(--dim); }
        .facts dd { font-weight: 600; }
        .link { display: flex; align-items: center; gap: 8px; min-height: 22px; }
        .dot { width: 9px; height: 9px; border-radius: 50%; background: var(--work); flex: none; }
        .top[data-link=live] .dot { background: var(--good); }
        .top[data-link=lost] { background: var(--bad-bg); border-color: var(--bad); }
        .top[data-link=lost] .link { color: var(--bad); font-weight: 600; }
        .link.age { font-weight: 400 !important; } .link.age:empty { display: none; }
        .top[data-link=lost] .dot { background: var(--bad); }
        .top[data-link=polling] .dot { background: var(--warn); }
        body.stale main { opacity: .5; }
        main { max-width: 1720px; margin: 0 auto; padding: 16px 24px 8px; display: grid;
          gap: 16px; grid-template-columns: minmax(0, 1fr); }
        footer { max-width: 1720px; margin: 0 auto; padding: 8px 24px 24px; color: var(--dim);
          display: flex; flex-wrap: wrap; gap: 6px 14px; font-size: 12.5px; }
        code { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
        .heading { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 14px;
          margin-bottom: 8px; }
        .heading > :last-child { margin-left: auto; font-size: 12.5px; }
        .verdict { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 24px;
          padding: 12px 16px; border-radius: 10px; border-left: 5px solid var(--tone, var(--work));
          background: var(--tone-bg, var(--sunken)); }
        .verdict .words { flex: 1 1 320px; min-height: 66px; display: grid;
          align-content: center; }
        .verdict h2 { color: var(--tone, var(--ink)); font-size: 17px; }
        .actions { display: flex; gap: 8px; flex-wrap: wrap; }
        [data-tone=good] { --tone: var(--good); --tone-bg: var(--good-bg); }
        [data-tone=warn] { --tone: var(--warn); --tone-bg: var(--warn-bg); }
        [data-tone=bad] { --tone: var(--bad); --tone-bg: var(--bad-bg); }
        [data-tone=cool] { --tone: var(--cool); --tone-bg: var(--cool-bg); }
        .columns { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr) 372px; }
        .halves { display: grid; gap: 16px 32px; grid-template-columns: 372px minmax(0, 1fr); }
        @media (max-width: 1000px) {
          .columns, .halves { grid-template-columns: minmax(0, 1fr); }
        }
        @media (max-width: 600px) {
          .top { padding: 8px 14px; gap: 4px 14px; }
          .facts { order: 3; width: 100%; justify-content: space-between; }
          .link { order: 4; width: 100%; } .top .quiet { margin-left: auto; }
          .verdict .words { min-height: 108px; }
          main { padding: 12px 12px 4px; gap: 12px; } footer { padding: 8px 12px 20px; }
        }
        """#

    private static let numbers = #"""
        .tiles { display: grid; gap: 1px; grid-template-columns: repeat(6, minmax(0, 1fr));
          background: var(--line); border: 1px solid var(--line); border-radius: 10px;
          overflow: hidden; box-shadow: var(--shadow); }
        .tiles > div { background: var(--panel); padding: 10px 14px; min-height: 88px; }
        .tiles dt { color: var(--dim); font-size: 12.5px; }
        .tiles dd { font-size: 25px; line-height: 1.25; font-weight: 650; white-space: nowrap; }
        .tiles dd.sub { font-size: 12.5px; font-weight: 400; color: var(--dim);
          min-height: 18px; white-space: normal; }
        .charts { display: grid; gap: 16px; grid-template-columns: repeat(3, minmax(0, 1fr)); }
        .charts figure { background: var(--panel); border: 1px solid var(--line);
          border-radius: 10px; padding: 10px 14px 8px; box-shadow: var(--shadow); }
        figcaption { display: flex; justify-content: space-between; gap: 8px; font-size: 12.5px;
          color: var(--dim); min-height: 20px; }
        figcaption span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        figcaption b { color: var(--ink); margin-right: 4px; }
        figcaption output { color: var(--ink); white-space: nowrap; font-weight: 600; }
        .key { display: inline-block; width: 12px; height: 0; border-top: 3px solid currentColor;
          vertical-align: middle; margin: 0 5px 2px 6px; }
        .plot { position: relative; height: 112px; margin-top: 6px; }
        .plot svg { position: absolute; inset: 0 0 18px; width: 100%; height: calc(100% - 18px);
          overflow: visible; }
        .plot path { fill: none; stroke-width: 1.75; vector-effect: non-scaling-stroke;
          stroke-linejoin: round; }
        .plot .grid { stroke: var(--line); stroke-width: 1; }
        .plot .area { stroke: none; opacity: .22; }
        .waiting { stroke: var(--warn); color: var(--warn); }
        .running { stroke: var(--work); color: var(--work); }
        .p99 { stroke: var(--weights); color: var(--weights); }
        .p50 { stroke: var(--work); color: var(--work); }
        .used { stroke: var(--kv); color: var(--kv); }
        .capacity { stroke: var(--ink); color: var(--ink); }
        .plot .capacity { stroke-dasharray: 4 3; stroke-width: 1.25; }
        .plot .area.waiting { fill: var(--warn); } .plot .area.p99 { fill: var(--weights); }
        .plot .area.used { fill: var(--kv); }
        .plot .y { position: absolute; left: 0; font-size: 11px; color: var(--dim);
          padding: 0 4px 0 0; line-height: 14px; background: var(--panel); }
        .plot .y.high { top: -7px; } .plot .y.low { bottom: 11px; }
        .plot .x { position: absolute; bottom: 0; font-size: 11px; color: var(--dim);
          line-height: 14px; } .plot .x.left { left: 0; } .plot .x.right { right: 0; }
        .plot .x.middle { left: 50%; transform: translateX(-50%); }
        .mark { position: absolute; top: 0; bottom: 18px; width: 9px; margin-left: -4.5px; }
        .mark::before { content: ""; position: absolute; left: 4px; top: 0; bottom: 0;
          border-left: 1.5px dotted var(--tone, var(--work)); }
        .mark::after { content: ""; position: absolute; left: 0; bottom: -5px; width: 9px;
          height: 9px; border-radius: 50%; background: var(--tone, var(--work));
          border: 2px solid var(--panel); }
        .cursor { position: absolute; top: 0; bottom: 18px; border-left: 1px solid var(--ink);
          pointer-events: none; }
        .cursor span { position: absolute; top: -2px; left: 4px; font-size: 11px; padding: 0 4px;
          background: var(--ink); color: var(--panel); border-radius: 3px; white-space: nowrap; }
        .cursor.flip span { left: auto; right: 4px; }
        @media (max-width: 1000px) {
          .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); }
          .charts { grid-template-columns: minmax(0, 1fr); gap: 12px; }
        }
        @media (max-width: 600px) {
          .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .tiles dd { font-size: 22px; }
        }
        """#

    private static let cluster = #"""
        .parts i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
          margin-right: 5px; flex: none; }
        i.weights { background: var(--weights); } i.workspace { background: var(--work); }
        i.used { background: var(--kv); } i.cached { background: var(--cached); }
        i.free { background: var(--free); box-shadow: inset 0 0 0 1px var(--line); }
        i.spare { background: repeating-linear-gradient(135deg, var(--hatch) 0 2px,
          transparent 2px 5px); box-shadow: inset 0 0 0 1px var(--line); }
        .key.used { background: none; }
        .groups { display: flex; flex-wrap: wrap; gap: 12px; min-height: 318px; }
        .group { flex: var(--stages, 1) 1 calc(var(--stages, 1) * 330px); max-width: 100%;
          min-width: 0; background: var(--sunken); border: 1px solid var(--line);
          border-radius: 12px; padding: 10px; }
        .group.pipeline { border-color: var(--weights); }
        .group > header { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px;
          padding: 0 4px 8px; font-size: 12.5px; color: var(--dim); min-height: 50px; }
        .group > header .numbers { flex-basis: 100%; }
        .group > header h3 { color: var(--ink); }
        .group > header b { color: var(--ink); font-weight: 600; }
        .group .blocks { margin-left: auto; display: flex; align-items: center; gap: 8px; }
        .meter { display: inline-block; width: 72px; height: 7px; border-radius: 4px;
          background: var(--free); overflow: hidden; box-shadow: inset 0 0 0 1px var(--line); }
        .meter > i { display: block; height: 100%; background: var(--kv); }
        .stages { display: flex; flex-wrap: wrap; gap: 10px 0; align-items: stretch; }
        .arrow { flex: 0 0 26px; display: grid; place-items: center; color: var(--weights);
          font-size: 18px; }
        .card { flex: 1 1 280px; min-width: 0; background: var(--panel); padding: 10px 12px 12px;
          border: 1px solid var(--line); border-radius: 8px; box-shadow: var(--shadow); }
        .card header { display: flex; align-items: center; gap: 8px; min-height: 30px; }
        .card header button { margin-left: auto; }
        .badge { font-size: 12px; line-height: 20px; padding: 0 8px; border-radius: 10px;
          color: var(--tone, var(--dim)); background: var(--tone-bg, var(--sunken));
          white-space: nowrap; }
        .card .row2 { display: flex; justify-content: space-between; gap: 8px; font-size: 12.5px;
          color: var(--dim); margin: 8px 0 4px; min-height: 18px; }
        .card .row2 b { color: var(--ink); font-weight: 600; white-space: nowrap; }
        .card .row2 span { min-width: 0; overflow: hidden; text-overflow: ellipsis;
          white-space: nowrap; }
        .cells { display: flex; gap: 2px; height: 24px; }
        .cells.dense { gap: 1px; }
        .cells i { flex: 1 1 0; min-width: 2px; border-radius: 3px; background: var(--weights);
          color: var(--on); font: 600 11px/24px system-ui, "DejaVu Sans", sans-serif;
          text-align: center; overflow: hidden; }
        .cells i.end { flex: 1.9 1 0;
          background: color-mix(in srgb, var(--weights) 78%, var(--ink)); }
        .cells.dense i { border-radius: 1px; font-size: 0; } .cells.dense i.end { font-size: 11px;
          flex: 0 0 34px; }
        .cells i.idle { color: var(--ink);
          background: color-mix(in srgb, var(--weights) 40%, var(--panel)); }
        .cells i.gone { background: repeating-linear-gradient(135deg, var(--hatch) 0 2px,
          transparent 2px 6px); box-shadow: inset 0 0 0 1px var(--hatch); color: var(--dim); }
        .bar { display: flex; height: 24px; border-radius: 5px; overflow: hidden; gap: 1px;
          background: var(--panel); box-shadow: inset 0 0 0 1px var(--line); }
        .bar > i { flex: 0 1 0; min-width: 0; }
        .parts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6px 10px;
          margin-top: 10px; font-size: 12px; }
        .parts div { min-width: 0; white-space: nowrap; line-height: 1.35; }
        .parts dt { color: var(--dim); overflow: hidden; text-overflow: ellipsis; }
        .parts dd { font-weight: 600; font-size: 13px; padding-left: 15px; }
        .passing { color: var(--dim); font-size: 12.5px; min-height: 38px; margin-top: 8px; }
        @media (max-width: 700px) {
          .passing { min-height: 56px; } .group > header { min-height: 70px; }
          .stages { flex-direction: column; flex-wrap: nowrap; gap: 0; }
          .arrow { flex-basis: 24px; transform: rotate(90deg); } .card { flex-basis: auto; }
          .group { flex-basis: 100%; padding: 8px; } .group .blocks { margin-left: 0; }
        }
        .events { min-width: 0; display: flex; flex-direction: column; }
        .events ol { flex: 1 1 320px; min-height: 300px; max-height: 640px; overflow-y: auto;
          background: var(--panel); border: 1px solid var(--line); border-radius: 10px;
          box-shadow: var(--shadow); contain: size; }
        .events li { padding: 8px 14px; border-bottom: 1px solid var(--line);
          border-left: 3px solid var(--tone, transparent); overflow-wrap: anywhere; }
        .events li.none { color: var(--dim); }
        .events .meta { display: flex; gap: 8px; font-size: 12.5px; color: var(--dim); }
        .events .few .frequent { display: none; }
        .events .heading input { accent-color: var(--cool); margin: 0 4px 0 0;
          vertical-align: -1px; }
        .events .times { font-weight: 600; color: var(--ink); }
        .events .meta b { color: var(--tone, var(--ink)); } .events time { margin-left: auto; }
        @media (max-width: 1000px) {
          .events ol { contain: none; max-height: 380px; }
        }
        """#

    private static let controls = #"""
        button { padding: 6px 14px; border-radius: 7px; border: 1px solid var(--line);
          background: var(--panel); cursor: pointer; font-weight: 550; }
        button:hover { border-color: var(--dim); }
        button:disabled { opacity: .5; cursor: default; }
        button.main { background: var(--cool); border-color: var(--cool); color: var(--on); }
        button.quiet { background: none; border-color: transparent; color: var(--dim);
          padding: 4px 8px; font-weight: 500; }
        button.quiet:hover { border-color: var(--line); color: var(--ink); }
        input:not([type=range], [type=radio], [type=checkbox]),
        textarea { background: var(--sunken); width: 100%;
          border: 1px solid var(--line); border-radius: 6px; padding: 6px 9px; min-width: 0; }
        textarea { resize: vertical; font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
        input[type=range] { accent-color: var(--cool); width: 100%; min-width: 0; margin: 0; }
        .what-if { background: var(--panel); border: 1px solid var(--line); border-radius: 10px;
          padding: 14px 16px; box-shadow: var(--shadow); }
        .segments { border: 1px solid var(--line); border-radius: 8px; padding: 2px;
          margin: 0 0 14px; display: flex; background: var(--sunken); }
        .segments label { flex: 1; text-align: center; position: relative; cursor: pointer; }
        .segments input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
        .segments span { display: block; padding: 4px 8px; border-radius: 6px; color: var(--dim); }
        .segments input:checked + span { background: var(--panel); color: var(--ink);
          font-weight: 600; box-shadow: 0 0 0 1px var(--line); }
        .segments input:focus-visible + span { outline: 2px solid var(--cool); }
        .sliders { display: grid; grid-template-columns: auto minmax(0, 1fr) 11ch; gap: 10px 12px;
          align-items: center; min-height: 152px; }
        .sliders output { text-align: right; font-weight: 600; white-space: nowrap; }
        #csv { min-height: 152px; } #csv label { display: block; margin-bottom: 6px;
          color: var(--dim); font-size: 12.5px; }
        .row { display: flex; align-items: center; gap: 12px; margin-top: 14px; flex-wrap: wrap; }
        .row.end { justify-content: flex-end; }
        .answer .plot { height: 104px; }
        .answer { min-height: 230px; }
        .pair { display: grid; gap: 12px 24px; margin-top: 14px;
          grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); }
        .answer .bad { color: var(--bad); }
        .answer .lead { font-size: 15px; font-weight: 600; margin-bottom: 8px; }
        .answer table { border-collapse: collapse; font-size: 13px; }
        .answer th, .answer td { padding: 3px 18px 3px 0; text-align: right;
          font-weight: 400; }
        .answer td { white-space: nowrap; }
        @media (max-width: 600px) { .answer th, .answer td { padding-right: 10px; } }
        .answer thead th { color: var(--dim); }
        .answer td { font-weight: 600; }
        .answer tbody th, .answer thead th:first-child { text-align: left; }
        .answer ol { margin-top: 6px; max-height: 180px; overflow-y: auto; }
        .answer ol li { display: flex; flex-wrap: wrap; gap: 0 10px; padding: 2px 0; }
        .answer ol li span { flex: 1 1 260px; }
        .answer ol time { flex: 0 0 7ch; text-align: right; color: var(--dim); }
        .answer ol b { color: var(--tone, var(--ink)); white-space: nowrap; }
        @media (max-width: 1000px) { .answer { min-height: 0; } }
        dialog { border: 1px solid var(--line); border-radius: 12px; background: var(--panel);
          color: var(--ink); padding: 20px 22px; width: min(440px, calc(100vw - 32px));
          box-shadow: 0 18px 50px rgb(0 0 0 / .3); }
        dialog::backdrop { background: rgb(10 15 25 / .45); }
        dialog p { margin-top: 10px; } dialog h2 { font-size: 17px; }
        #key-input { margin-top: 4px; }
        #command-field { display: flex; align-items: center; gap: 8px; white-space: nowrap; }
        .outcome { min-height: 42px; color: var(--tone, var(--dim)); font-weight: 550; }
        """#
}
