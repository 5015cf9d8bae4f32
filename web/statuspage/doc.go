// Package statuspage answers programs that were written for Atlassian Statuspage's public status API: the documents under
// /api/v2, made from the page's State like every other public surface and served from memory.
//
//	page.State ──components, stories, windows──▶ wire.Statuspage objects ──▶ documents by address
//
// What the objects look like is data/wire's part; here it is decided what they tell:
//
//   - A component is listed once anybody, a probe or a person, ever said how well it works. One that lost its data keeps
//     its last status, since that API has no word for not knowing; our own JSON says no_data.
//   - A window is listed from 30 days before it starts, with a story: that it is planned, each change at its own time with what
//     it was before (N11), its beginning and end, and what people wrote. It is derived from the occurrence's steps, of which who
//     and why stay with operators. Clients take the newest entry for the state and crash where there is none.
//   - Something called off after it was announced is completed, and its last entry says that it was called off. Something
//     held is still scheduled, and its last entry says that it is under review.
//   - Nothing depends on the clock but through what it does to windows: between two changes every document keeps its ETag.
package statuspage
