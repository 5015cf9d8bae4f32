// Package notifier turns bulletins into delivered notices: exactly once whenever the provider's log answers in time,
// otherwise at least once, visibly.
//
// # From bulletin to notice
//
// When a bulletin's moment has come, fan-out makes one notice for each subscriber who wants it, a few hundred in a
// transaction, with a cursor in the bulletin. A notice's key is bulletin and subscriber, so making it twice makes it once.
// Windows of the same span and audience are told in one mail (M15): the first of them has the notices.
//
// # The send protocol (RELIABILITY 1)
//
//	                    ┌──────────── 429, or nobody was reached ───────────┐
//	                    ▼                                                    │
//	fan-out ──▶ planned ──claim──▶ sending ──2xx with an ID──▶ accepted      │
//	              ▲  │                │ ├────other 4xx───────▶ refused       │
//	              │  └─overtaken─▶ void │ └──────────────────────────────────┘
//	              │                     └─anything else, or we died─▶ unknown
//	              └─not in the log after 35 min: once more, marked─────┘ │
//	                                                          in the log └──▶ accepted
//
// A claim is written before the request is made, with a lease that outlives the request; the message carries a Message-ID
// that is the same at every attempt. An unknown outcome is looked up in the provider's log after 1, 5 and 35 minutes,
// because events appear there late. While the log cannot be asked, the notice waits as long as its deadline allows.
//
// A store that was restored from a copy is held: nothing goes out until somebody says so. Then whatever the service may have
// sent that lived on after the copy was taken begins as unknown, and is looked up from the copy's time on (hold.go).
//
// The rules are pure (Claim, After, LookedUp, Begin, TakeUp, LookedUpAfter); Notifier.Run is the loop around them.
package notifier
