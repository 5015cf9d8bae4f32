// The banner on the stand-in product's sign-in page. It never holds the page up and never throws into it.
(() => {
  'use strict';
  const me = document.currentScript;
  const strip = document.getElementById('status-banner');
  const origin = me && me.dataset.status;
  if (!origin || !strip) return;
  const lang = me.dataset.lang || (navigator.language || 'en').slice(0, 2).replace(/^n[on]$/, 'nb');
  const address = `${origin}/api/v1/banner?customer=${encodeURIComponent(me.dataset.customer)}&lang=${encodeURIComponent(lang)}`;
  let shown = '';

  const show = (banners) => {
    const text = JSON.stringify(banners);
    if (text === shown) return; // so that a screen reader hears of changes only
    shown = text;
    strip.replaceChildren(...banners.map((b) => {
      const p = document.createElement('p');
      p.className = `banner tone-${/^[a-z_]+$/.test(b.tone) ? b.tone : 'info'}`;
      p.lang = b.lang || lang;
      const host = /^https?:\/\//.test(b.url) ? new URL(b.url).host : '';
      const at = host ? b.text.lastIndexOf(host) : -1;
      if (at < 0) {
        p.append(document.createTextNode(b.text));
        return p;
      }
      const a = document.createElement('a'); // the address in the text is the link
      a.href = b.url;
      a.append(document.createTextNode(host));
      p.append(document.createTextNode(b.text.slice(0, at)), a, document.createTextNode(b.text.slice(at + host.length)));
      return p;
    }));
  };

  const fetchNow = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 1500);
    try {
      const answer = await fetch(address, { signal: stop.signal, credentials: 'omit', cache: 'no-cache' });
      if (answer.ok) show((await answer.json()).banners || []);
    } catch {
      // The status page is away. What was shown stays; signing in does not depend on it.
    } finally {
      clearTimeout(timer);
    }
  };

  let soon = 0;
  const refetch = () => {
    clearTimeout(soon);
    soon = setTimeout(fetchNow, 50 + Math.random() * 200);
  };

  const listen = () => {
    let socket;
    try {
      socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/live`);
    } catch {
      return;
    }
    socket.onmessage = refetch;
    socket.onclose = () => setTimeout(listen, 3000 + Math.random() * 4000);
  };

  fetchNow();
  listen();
  setInterval(fetchNow, 15000);
})();
