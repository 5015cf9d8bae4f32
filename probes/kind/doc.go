// Package kind knows how each kind of probe looks at its target: one Prober for each data.ProbeKind, made by Compile from a
// probe that passes Check. It keeps no time, knows no store, and judges nothing: that is the business of package probes.
//
//	http         one request                                     http.go, conditions in expect.go
//	tcp, tls     a connection; a handshake and its certificates  tcp.go tls.go
//	dns          a question to a name server                     dns.go dns_message.go
//	icmp         echo requests                                   icmp.go
//	heartbeat    what somebody told us last                      heartbeat.go
//	statuspage   what a provider says of itself                  statuspage.go
//	feed         the same, in RSS or Atom                        feed.go
//	transaction  requests in order, for several components       transaction.go step.go template.go
//	tenant       the product's answer about one installation     tenant.go
//
// A run obeys the deadline of its context, uses connections of its own, and is never repeated. Each failure has one reason of a
// closed set (data.Reason) and a short detail in our own words: what a target sent is not repeated (RELIABILITY F28-F31). What a
// probe cannot know is no data and no outage.
package kind
