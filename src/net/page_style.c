#include "net/page_style.h"

#include "net/page.h"

/* Change a byte here and the hash below must follow; tests/unit/test_page.c says what it has to be. */
const char page_style[] =
    ":root{color-scheme:light dark;--paper:#f4f5f8;--card:#fff;--ink:#171a21;--soft:#5a6172;--line:#e3e5ec;"
    "--good:#12805c;--good-soft:#e2f5ed;--bad:#b3261e;--bad-soft:#fbe9e7;--wait:#4b57c8;--wait-soft:#e9ebfb}"
    "@media(prefers-color-scheme:dark){:root{--paper:#0f1116;--card:#181b22;--ink:#eef0f5;--soft:#a0a7b8;"
    "--line:#2a2e39;--good:#5fd6a8;--good-soft:#14322a;--bad:#ff9b91;--bad-soft:#3b1d1b;--wait:#a9b2ff;"
    "--wait-soft:#23284a}}"
    "*{box-sizing:border-box;margin:0}"
    "body{min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;"
    "justify-content:center;padding:1.5rem;background:var(--paper);color:var(--ink);"
    "font:1.125rem/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Ubuntu,Cantarell,"
    "\"Helvetica Neue\",Arial,sans-serif;overflow-wrap:anywhere}"
    "main{width:100%;max-width:30rem;padding:3rem 2.5rem 2.5rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:1.25rem;"
    "box-shadow:0 1px 2px rgba(15,17,22,.04),0 12px 40px rgba(15,17,22,.08);text-align:center}"
    ".sign{width:5rem;height:5rem;margin:0 auto 1.5rem;display:block;fill:none;stroke:currentColor;"
    "stroke-width:3.5;stroke-linecap:round;stroke-linejoin:round}"
    ".sign circle{stroke:none}"
    ".success .sign{color:var(--good)}.success .sign circle{fill:var(--good-soft)}"
    ".failure .sign{color:var(--bad)}.failure .sign circle{fill:var(--bad-soft)}"
    ".waiting .sign{color:var(--wait)}.waiting .sign circle{fill:var(--wait-soft)}"
    "h1{font-size:1.875rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;text-wrap:balance}"
    ".message{margin-top:.75rem;color:var(--soft);text-wrap:pretty}"
    ".person{margin-top:1.75rem;padding:1rem 1.25rem;border:1px solid var(--line);border-radius:.875rem;"
    "background:var(--paper)}"
    ".name{display:block;font-size:1.25rem;font-weight:600;line-height:1.35}"
    ".email{display:block;color:var(--soft)}"
    ".hint{margin-top:1.75rem;font-weight:500;text-wrap:balance}"
    ".detail{margin-top:1.75rem;padding-top:1.25rem;border-top:1px solid var(--line);color:var(--soft);"
    "font-size:.875rem;line-height:1.5}"
    "footer{margin-top:1.5rem;color:var(--soft);font-size:.875rem}"
    "@media(max-width:30rem){body{padding:1rem}main{padding:2.25rem 1.5rem 1.75rem}h1{font-size:1.625rem}}"
    "@media(forced-colors:active){.sign circle{stroke:currentColor}}";

/* img-src is for the icon, a data: URL: or the browser would ask the port for one after we have left it. */
const char page_content_security_policy[] =
    "default-src 'none'; style-src 'sha256-kRCSK9RW8IP7a5z0ggQS1UeTDhcAeSYqFKzzsADZ39U='; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
