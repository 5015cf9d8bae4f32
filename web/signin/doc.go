// Package signin lets operators in, without passwords of our own, and says at each request who asks.
//
//	GET /signin ── POST /signin/oidc ──▶ the provider ──▶ GET /signin/callback ──┐
//	                                                                             ├─▶ one transaction: operator, session, audit entry
//	statusd operator link NAME ──▶ GET /signin/link/… ── POST the same ──────────┘
//	                                                                      each request: Actor ──▶ data.SessionActor
//
// For pages and the API there is one entry point, SignIn.Actor. Whoever issues links calls Issue in a transaction of theirs.
//
// # Sessions
//
// A session is a record of the store and a cookie that holds 256 random bits; the store keeps their hash alone. There is no
// session library: the session, the operator's record, the ending of older sessions and the audit entry are one transaction,
// which a library that saves by itself, after the answer, cannot take part in. Its role is not in the session but in the
// operator's record, which is read at each request, so that a changed role or a disabled operator counts at once. And
// reading pages costs no write but one in data.SessionTouch.
//
// The cookie is SameSite=Strict. A browser that comes back from the provider is on a navigation that another site began, and
// would not send a Strict cookie with anything that it is redirected to in the course of it. So the callback answers 200 with
// a page that leads on by itself (Refresh) and holds a plain link: what follows begins at our own page. For the same reason a
// callback does not get the cookie of an older session; which one is to end was written down when the sign-in began.
//
// # The provider
//
// Authorization code with PKCE (S256), state and nonce. What a sign-in needs to be finished is in a cookie of its own for ten
// minutes, named after its state, so that sign-ins in several tabs do not disturb each other and nothing is stored for
// somebody who never comes back. The way to the provider is a page that leads on as well, and no redirect: browsers hold the
// redirects after a form against form-action, also those between the provider and where it sends people on, and nobody can
// list those in advance. So form-action 'self' is enough.
//
// The provider is asked for its discovery document when somebody looks at the sign-in page, at most every half minute, so
// that the page can say that the provider is down instead of leading there. That is done in the background: the page says
// what the last answer was, and waits for the first one of all for 300 ms. Nothing here needs it to start, and links from
// the host work without it.
//
// # Strangers
//
// What could be a guess, a link of the right form that nobody knows or a callback with a state of this browser, is limited to
// five a minute for an address (a /64 in IPv6); whoever goes on waits for 15 minutes. A callback without such a state, or
// for an image, is refused without being counted or written: any page can have a whole office's browsers send those. A good
// link signs in during a pause as well. Beginning a sign-in writes nothing and asks the provider for nothing but the
// discovery document. A sign-in that succeeds takes back what was counted. Refusals of strangers are written to the audit
// log as long as they are fewer than ten a minute from the whole world; above that the log says that some were left out, so
// that nobody fills the disk.
//
// A link's secret is in its path and not in the fragment: without script nothing of a fragment reaches a server. Paths of
// links are not logged, and no answer lets a browser send a Referer. Opening one changes nothing, because scanners of mail do
// that; the button in the page does.
package signin
