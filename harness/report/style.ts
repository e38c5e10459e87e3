/** The style sheet of the HTML report. Light unless a screen prefers dark, so that print is always light. */
export const style = `
:root {
  color-scheme: light;
  --ground: #f6f7f8; --card: #ffffff; --text: #1c2127; --muted: #59636e; --line: #dfe3e8; --accent: #005b8f;
  --notice: #fff6df; --notice-line: #d79b00; --notice-text: #4a3600; --code: #eef1f4;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --ground: #0f1216; --card: #171b21; --text: #e8ebef; --muted: #a3adb8; --line: #2b323b; --accent: #7cc4f2;
    --notice: #2a2413; --notice-line: #d79b00; --notice-text: #f2dfad; --code: #20262e;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
main { max-width: 62.5rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { margin: 0; font-size: 1rem; font-weight: 650; line-height: 1.3; }
h2 { margin: 3rem 0 .75rem; font-size: 1.25rem; font-weight: 650; line-height: 1.3; text-wrap: balance; }
p { max-width: 46rem; margin: .75rem 0; }
.origin { margin: .1rem 0 0; color: var(--muted); font-size: .875rem; }
.answer {
  max-width: 50rem; margin: 1.5rem 0 1.75rem; font-size: clamp(1.25rem, .95rem + 1.4vw, 1.75rem); line-height: 1.38;
  letter-spacing: -.011em; text-wrap: pretty;
}
.answer strong { color: var(--accent); font-weight: 650; }
.facts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1px; margin: 0; overflow: hidden;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--line);
}
.facts.many { display: flex; flex-wrap: wrap; }
.facts.many div { flex: 1 1 15rem; }
.facts div { padding: .7rem 1rem .8rem; background: var(--card); }
.facts dt { color: var(--muted); font-size: .8125rem; }
.facts dd { margin: 0; color: var(--muted); font-size: .8125rem; line-height: 1.4; }
.facts dd span { display: block; color: var(--text); font-size: 1.125rem; font-weight: 650; }
.notices {
  margin: 1rem 0 0; padding: .7rem 1rem; border-left: 4px solid var(--notice-line); border-radius: .25rem;
  background: var(--notice); color: var(--notice-text); font-size: .9375rem;
}
.notices ul { margin: 0; padding: 0; list-style: none; }
.notices li + li { margin-top: .4rem; }
.notices span { opacity: .9; font-style: italic; }
.further { margin: 1.5rem 0 0; padding: 0; list-style: none; color: var(--muted); font-size: .9375rem; }
.further li { margin-top: .5rem; text-wrap: pretty; }
.further b { margin-right: .4em; color: var(--text); font-weight: 600; }
.further strong { color: var(--text); font-weight: 600; }
figure { margin: 0; }
.drawing { padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.live { display: none; }
.drawn > .live { display: block; }
.drawn > .still { display: none; }
.still { background: #ffffff; }
.drawing svg { display: block; width: 100%; height: auto; margin: 0 auto; }
.live[data-width="narrow"] svg { max-width: 30rem; }
figcaption { max-width: 50rem; margin: .75rem 0 0; color: var(--muted); font-size: .875rem; }
figcaption b { color: var(--text); font-weight: 600; }
.missing { color: var(--muted); }
.scroll { max-width: 100%; margin: 1rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { width: max-content; min-width: 100%; border-collapse: separate; border-spacing: 0; font-size: .875rem; line-height: 1.4; }
caption {
  /* A table may be wider than its frame; its caption stays within the frame. */
  padding: .7rem max(.75rem, calc(100% - min(57rem, 100vw - 4rem))) .5rem .75rem;
  color: var(--muted); font-size: .8125rem; text-align: left;
}
caption.unseen { position: absolute; width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .45rem .75rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--muted); font-size: .8125rem; font-weight: 500; vertical-align: bottom; }
.number { text-align: right; white-space: nowrap; }
thead .number { max-width: 7.5rem; white-space: normal; }
tbody th { max-width: 16rem; overflow-wrap: anywhere; }
tr > :first-child { position: sticky; left: 0; background: var(--card); }
td { max-width: 34rem; }
small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }
details { margin: 1rem 0; }
summary { color: var(--muted); font-size: .875rem; cursor: pointer; }
pre { margin: 1rem 0; padding: .8rem 1rem; overflow-x: auto; border-radius: .5rem; background: var(--code); font-size: .8125rem; line-height: 1.7; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
@media (max-width: 40rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .drawing { padding: .75rem .5rem; }
  .facts { grid-template-columns: 1fr 1fr; }
  .facts.many div { flex-basis: 40%; }
  th, td { padding: .4rem .6rem; }
  tbody th { max-width: 9rem; }
}
@media print {
  body { background: none; font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .drawn > .live { display: none; }
  .drawn > .still { display: block; }
  .drawing, .scroll { border: 0; padding: 0; overflow: visible; }
  figure, tr, .facts { break-inside: avoid; }
  h2 { break-after: avoid; }
  th, td { padding: .15rem .25rem; }
  table { width: 100%; font-size: 7.5pt; }
  thead th, small { font-size: 7pt; }
  tbody th { max-width: 7rem; }
  .number { white-space: normal; }
}
`;
