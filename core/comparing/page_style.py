"""How the page of a comparison looks: light or dark as the reader's system is, light on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1d2127; --faint: #626a75; --line: #dfe3e8; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #16191d; --ink: #e6e8eb; --faint: #9aa2ad; --line: #30363d; --bad: #ff8a80; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --faint: #444; --line: #ccc; --bad: #900; }
  @page { size: landscape; margin: 12mm; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem; max-width: 84rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
h4 { font-size: .85rem; margin: 0 0 .3rem; font-weight: 600; overflow-wrap: anywhere; }
header p, .note, figcaption { color: var(--faint); margin: .2rem 0 .8rem; max-width: 75rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td {
  padding: .35rem .55rem; border-bottom: 1px solid var(--line);
  font-size: .92rem; text-align: right; white-space: nowrap;
}
th { font-weight: 600; color: var(--faint); }
th:first-child, td:first-child, tr.failed td { text-align: left; }
th[colspan] { text-align: center; border-bottom: none; padding-bottom: 0; }
tr.failed td[colspan] { white-space: normal; }
tr.failed, p.failed { color: var(--bad); }
tr.trivial, em { color: var(--faint); }
.chip { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .45em; }
.charts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1.6rem 2.4rem;
}
figure { margin: 0; break-inside: avoid; }
figure svg { width: 100%; height: auto; display: block; }
.keys { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .3rem 0 0; font-size: .85rem; }
.key { display: inline-block; width: 1.6em; height: .8em; vertical-align: middle; border: 1px solid var(--line); }
.near { background: linear-gradient(90deg, #eeeeee, #b2182b); }
.far { background: linear-gradient(90deg, #eeeeee, #2166ac); }
.row {
  display: grid; grid-template-columns: repeat(var(--columns), minmax(9rem, 20rem)); gap: .8rem;
  padding: .9rem 0; border-top: 1px solid var(--line); break-inside: avoid; overflow-x: auto;
}
.row img { width: 100%; height: auto; display: block; margin-bottom: .4rem; border-radius: 3px; }
.row p { margin: 0; font-size: .85rem; color: var(--faint); }
@media print {
  html, body { font-size: 11px; }
  body { max-width: none; padding: 0; }
  th, td { padding: .25rem .4rem; }
  .wide, .row { overflow: visible; }
  .charts { grid-template-columns: 1fr 1fr; gap: .8rem 2rem; }
  .row { grid-template-columns: repeat(var(--columns), minmax(0, 15rem)); }
  h2, h4, .note { break-after: avoid; }
}
"""
