/**
 * Styles of the form. `:where` gives them no weight, so any rule of the page wins; colours follow
 * the page's `color-scheme`, and every one is a variable.
 */
export const SIGN_IN_STYLES = `
:where(.latchkey-sign-in){
--lk-text:light-dark(#14161a,#f2f3f5);--lk-muted:light-dark(#5b6270,#a4abb8);
--lk-surface:light-dark(#fff,#16181d);--lk-field:light-dark(#fff,#1e2128);
--lk-border:light-dark(#c9ced8,#3b414d);--lk-accent:light-dark(#3b4fe0,#8b9bff);
--lk-on-accent:light-dark(#fff,#10132b);--lk-danger:light-dark(#b3261e,#ff9a92);--lk-radius:10px;
color-scheme:light dark;box-sizing:border-box;display:grid;gap:.75rem;width:100%;max-width:24rem;padding:1.75rem;
color:var(--lk-text);background:var(--lk-surface);border:1px solid var(--lk-border);
border-radius:calc(var(--lk-radius)*1.6);font:400 1rem/1.5 system-ui,sans-serif}
:where(.latchkey-sign-in form){display:grid;gap:.5rem;margin:0}
:where(.latchkey-sign-in h2){margin:0;font-size:1.375rem;line-height:1.25}
:where(.latchkey-sign-in p){margin:0;color:var(--lk-muted);font-size:.9375rem;overflow-wrap:anywhere}
:where(.latchkey-sign-in label){font-weight:600;font-size:.9375rem}
:where(.latchkey-sign-in input,.latchkey-sign-in button){box-sizing:border-box;width:100%;
min-height:2.875rem;font:inherit;border-radius:var(--lk-radius)}
:where(.latchkey-sign-in input){padding:.5rem .75rem;color:inherit;background:var(--lk-field);
border:1px solid var(--lk-border)}
:where(.latchkey-sign-in input[name=code]){font-variant-numeric:tabular-nums;letter-spacing:.3em}
:where(.latchkey-sign-in input[aria-invalid=true]){border-color:var(--lk-danger)}
:where(.latchkey-sign-in :focus-visible){outline:2px solid var(--lk-accent);outline-offset:2px}
:where(.latchkey-sign-in button){margin-top:.25rem;padding:.5rem 1rem;font-weight:600;cursor:pointer;
color:var(--lk-on-accent);background:var(--lk-accent);border:1px solid transparent}
:where(.latchkey-sign-in button.latchkey-quiet){color:var(--lk-text);background:transparent;
border-color:var(--lk-border)}
:where(.latchkey-sign-in button:disabled){opacity:.6;cursor:default}
:where(.latchkey-sign-in .latchkey-problem){color:var(--lk-danger)}
:where(.latchkey-sign-in .latchkey-or){display:flex;align-items:center;gap:.75rem}
:where(.latchkey-sign-in .latchkey-or)::before,:where(.latchkey-sign-in .latchkey-or)::after{
content:"";flex:1;border-top:1px solid var(--lk-border)}
:where(.latchkey-sign-in .latchkey-providers){display:grid;gap:.5rem;margin:0;padding:0;list-style:none}
:where(.latchkey-sign-in .latchkey-providers button){display:flex;align-items:center;
justify-content:center;gap:.625rem;margin:0}
:where(.latchkey-sign-in .latchkey-row){display:grid;grid-template-columns:1fr 1fr;gap:.5rem}
:where(.latchkey-sign-in .latchkey-row button){font-size:.875rem;padding-inline:.5rem}
`;
