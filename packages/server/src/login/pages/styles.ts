/** The one stylesheet of the hosted pages: phone first, light and dark by the reader's choice. */
import { type AccentColours, accentOn, type Colour } from "./accent.ts";

const DEFAULT_ACCENT: Colour = "#1d4ed8";
/** The backgrounds that the accent colour stands on. */
const LIGHT_CARD: Colour = "#ffffff";
const DARK_CARD: Colour = "#18181b";

/** `accentColor` is `#rrggbb`, as the app's settings check. */
export function styles(accentColor: Colour | null): string {
  const wanted = accentColor ?? DEFAULT_ACCENT;
  const light = accentOn(LIGHT_CARD, wanted);
  const dark = accentOn(DARK_CARD, wanted);
  return `:root{color-scheme:light dark;${variables(light)};--card:${LIGHT_CARD};${LIGHT}}
@media (prefers-color-scheme:dark){:root{${variables(dark)};--card:${DARK_CARD};${DARK}}}
${RULES}`;
}

const variables = ({ accent, onAccent, link }: AccentColours): string =>
  `--accent:${accent};--on-accent:${onAccent};--link:${link}`;

const LIGHT =
  "--back:#f4f4f5;--text:#18181b;--soft:#52525b;--line:#8b8b94;--edge:#e4e4e7;--bad:#b91c1c;--note:#f4f4f5";
const DARK =
  "--back:#09090b;--text:#fafafa;--soft:#a1a1aa;--line:#71717a;--edge:#2e2e33;--bad:#fca5a5;--note:#27272a";

const RULES = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:var(--card);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main{width:100%;max-width:420px;margin:0 auto;padding:32px 20px 40px}
.brand{display:flex;align-items:center;gap:12px;margin:0 0 28px;font-weight:600}
.brand img,.mark{width:40px;height:40px;flex:none;border-radius:10px}
.brand img{object-fit:contain}
.mark{display:grid;border:1px solid var(--link);place-items:center;background:var(--accent);color:var(--on-accent);font-size:20px}
h1{margin:0 0 8px;font-size:26px;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
h1+form{margin-top:20px}
p{margin:0 0 20px}
.lead,.small{color:var(--soft)}
.lead strong{color:var(--text)}
.small{font-size:14px}
label{display:block;margin:0 0 6px;font-weight:600}
.hint{margin:0 0 6px;color:var(--soft);font-size:14px}
input{display:block;width:100%;min-height:50px;margin:0;padding:11px 14px;border:1px solid var(--line);border-radius:10px;background:var(--card);color:var(--text);font:inherit;font-size:17px}
input[name=code],input[name=user_code]{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:24px;letter-spacing:.3em}
input[name=user_code]{letter-spacing:.15em;text-transform:uppercase}
.shown{margin:0 0 20px;padding:14px;border:1px solid var(--edge);border-radius:10px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:24px;letter-spacing:.15em;text-align:center}
button+button{margin-top:12px}
.passkey{margin:12px 0 0}
[hidden]{display:none!important}
.second{background:var(--card);color:var(--link)}
input[aria-invalid=true]{border-color:var(--bad);box-shadow:0 0 0 1px var(--bad)}
.field{margin:0 0 20px}
.error{display:flex;gap:8px;margin:8px 0 0;color:var(--bad);font-weight:500}
.error::before{content:"!";content:"!"/"";flex:none;width:20px;height:20px;margin-top:2px;border-radius:50%;background:var(--bad);color:var(--card);font-size:14px;line-height:20px;font-weight:700;text-align:center}
.providers{display:grid;gap:12px;margin:20px 0 0}
.or{display:flex;align-items:center;gap:12px;margin:20px 0;color:var(--soft);font-size:14px}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--edge)}
h1+.notice{margin-top:20px}
.notice{margin:0 0 20px;padding:12px 14px;border-radius:10px;background:var(--note)}
button,.button{display:block;width:100%;min-height:50px;padding:12px 16px;border:1px solid var(--link);border-radius:10px;background:var(--accent);color:var(--on-accent);font:inherit;font-size:17px;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button:hover,.button:hover{filter:brightness(1.08)}
.plain{display:inline;width:auto;min-height:0;padding:12px 0;border:0;background:none;color:var(--link);font-size:16px;font-weight:500;text-align:left;text-decoration:underline;text-underline-offset:3px}
a{color:var(--link);text-underline-offset:3px}
.ways{display:flex;flex-wrap:wrap;align-items:center;gap:0 24px;margin:16px 0 0}
.ways form{margin:0}
.ways a{display:inline-block;padding:12px 0;font-weight:500}
.providers .button{background:var(--card);color:var(--link)}
.ways .button{margin:0 0 4px;padding:12px 16px;font-weight:600;color:var(--on-accent)}
.foot{margin:28px 0 0;padding:20px 0 0;border-top:1px solid var(--edge);color:var(--soft);font-size:14px}
.foot p{margin:0 0 8px}
.foot p:last-child{margin:0}
.foot a{display:inline-block;padding:3px 0}
h2{margin:32px 0 8px;font-size:18px}
.list{margin:0 0 20px;padding:0;list-style:none}
.list li{padding:12px 0;border-top:1px solid var(--edge)}
.list p{margin:0}
.list form{display:flex;flex-wrap:wrap;align-items:center;gap:0 16px}
.list input{flex:1;min-width:160px;min-height:44px;padding:8px 12px}
.list .plain{min-height:24px;padding:8px 0}
details{margin:12px 0 0;border:1px solid var(--edge);border-radius:10px;padding:0 14px}
summary{padding:13px 0;font-weight:600;color:var(--link);cursor:pointer}
details form{padding:4px 0 14px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0}
dd{margin:0;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px;line-height:1.7}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media (min-width:520px) and (min-height:600px){
body{background:var(--back);justify-content:center}
main{margin:40px auto;padding:40px;border:1px solid var(--edge);border-radius:18px;background:var(--card)}
}
@media (forced-colors:active){button,.button,.notice{border:1px solid}}`;
