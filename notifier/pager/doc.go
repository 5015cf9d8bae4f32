// Package pager tells operators of alarms: by mail and by a webhook, each once when an alarm has stood for its grace, again
// from time to time while it stands, and once when it has ended.
//
// # From alarm to message
//
// Whoever owns a kind of alarm (data.Alarms) sets what stands in the store. The pager watches that table and nothing else. For
// every channel it asks Alarm.Owes what is owed; what is owed at the same moment goes out in one message. What a channel has
// said is kept in the alarm, by channel, so a restart repeats nothing, and a channel that fails holds no other back.
//
//	owed ──claim──▶ sending ──taken──▶ said
//	  ▲                │ │
//	  └──surely not────┘ └──nobody knows, or we died──▶ the same message again, by the same name
//
// A claim is written before the request is made. A message has a name that follows from what it says, so trying again is
// recognised by a receiver that remembers names: the header webhook-id, or the Message-ID of a mail. What was surely not taken
// is put together anew, so that nobody who was cut off for a night is told a night's comings and goings.
//
// # When nobody can be told
//
// Silence of the service itself is noticed elsewhere: Deadman asks for a URL again and again as long as the service is ready.
package pager
