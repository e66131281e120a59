"""The one stylesheet of an initiative's page, and the policy that lets the browser take this one and nothing else."""

from __future__ import annotations

import base64
import hashlib

_LIGHT = (
    "--ink:#1d1c1d;--quiet:#5c5a5e;--paper:#fff;--rule:#d9d9dc;--gap:#dedee3;--line:#0b5cad;--bound:#a3380b;"
    "--mark:#5b2d90;--good:#12633a;--bad:#a8122a;--warn:#7a4d00"
)
_DARK = (
    "--ink:#ececed;--quiet:#b3b1b6;--paper:#1a1d21;--rule:#45484d;--gap:#2e3136;--line:#7cb8f5;--bound:#ff9d73;"
    "--mark:#cda6ff;--good:#6fd09b;--bad:#ff8f9d;--warn:#f0c060"
)

STYLE = f"""
:root{{color-scheme:light;{_LIGHT}}}
@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{_DARK}}}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}}
main{{max-width:66rem;margin:0 auto;padding:1.5rem 1rem 3rem}}
h1{{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}}
h2{{font-size:1.2rem;line-height:1.3;margin:2.5rem 0 .5rem;overflow-wrap:anywhere}}
h3{{font-size:1rem;margin:1rem 0 .25rem}}
p{{margin:.35rem 0;overflow-wrap:anywhere}}
.stand{{font-size:1.15rem;font-weight:600}}
.quiet{{color:var(--quiet);font-size:.9rem}}
a{{color:var(--line)}}
.good{{color:var(--good)}}.bad{{color:var(--bad)}}.warn{{color:var(--warn)}}
.status{{font-weight:600}}
table{{border-collapse:collapse;width:100%;margin:1rem 0}}
th,td{{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--rule);
font-weight:400}}
.long{{overflow-wrap:anywhere}}
thead th{{color:var(--quiet);font-size:.85rem}}
tbody th{{font-weight:600;min-width:8rem}}
.short{{white-space:nowrap}}
td.long{{min-width:12rem}}
figure{{margin:.5rem 0}}
svg.chart{{display:block;width:100%;height:auto;max-width:720px}}
svg.narrow{{display:none;max-width:480px}}
svg text{{font:12px system-ui,sans-serif;fill:var(--quiet)}}
svg .value{{text-anchor:end}}
svg .day,svg .number{{text-anchor:middle}}
.grid{{stroke:var(--rule)}}
.gap{{fill:var(--gap)}}
.readings{{fill:none;stroke:var(--line);stroke-width:2;stroke-linejoin:round}}
.reading{{fill:var(--line)}}
.bound{{fill:none;stroke:var(--bound);stroke-width:2;stroke-dasharray:7 4}}
.planned{{stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:2 4}}
.now{{stroke:var(--quiet);stroke-dasharray:1 3}}
line.goalpost{{stroke:var(--mark);stroke-width:1.5}}
circle.goalpost{{fill:var(--mark)}}
svg text.number{{fill:var(--paper);font-weight:600}}
.legend{{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0;padding:0;font-size:.9rem}}
.legend svg{{width:26px;height:12px;margin-right:.4rem;vertical-align:-1px}}
ol,ul{{margin:.25rem 0;padding-left:1.4rem}}
li{{overflow-wrap:anywhere}}
details{{margin:.5rem 0}}
summary{{cursor:pointer;color:var(--line)}}
details table{{width:auto;min-width:16rem}}
details th,details td{{padding:.15rem 1.5rem .15rem 0}}
footer{{margin-top:3rem;border-top:1px solid var(--rule);padding-top:.75rem}}
@media screen and (max-width:52rem){{
table.criteria,.criteria tbody,.criteria tr,.criteria th,.criteria td{{display:block}}
.criteria thead{{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
.criteria tr{{border-bottom:1px solid var(--rule);padding:.6rem 0}}
.criteria th,.criteria td{{border:0;padding:.1rem 0}}
.criteria td[data-label]::before{{content:attr(data-label) ": ";color:var(--quiet)}}
}}
@media screen and (max-width:40rem){{
svg.wide{{display:none}}svg.narrow{{display:block}}h1{{font-size:1.35rem}}
}}
@media screen and (min-width:62rem){{
.criterion{{display:grid;grid-template-columns:minmax(0,720px) minmax(0,1fr);column-gap:2rem}}
.criterion h2{{grid-column:1/-1}}
}}
@media print{{
body{{font-size:12px}}main{{max-width:none;padding:0}}details{{display:none}}section{{break-inside:avoid}}h2{{margin-top:1.25rem}}
svg.chart{{max-width:600px}}a{{color:inherit;text-decoration:none}}
}}
"""

_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
}
"""What goes with the page: nothing is loaded, kept, passed on or found by a search engine."""
