// Package demo is what `statusd demo` runs beside the service: a product that can be broken by hand, a mailbox that takes
// every mail, and a past to look back on. All of it is invented, and nothing of it ever leaves this machine.
//
//	in, err := demo.Open(demo.Options{Dir: dir, …})      // listeners, certificates, the mail key
//	cfg, err := in.Config()                              // the default configuration, pointed at the stand-ins
//	fresh, err := demo.Prepare(ctx, file, cfg, demo.Past{Now: time.Now()})
//	go in.Run(ctx)                                       // serve the stand-ins; the service itself is the caller's
//	in.Point(public, operators)                          // when their addresses are known
//
// # The product
//
// A sign-in page with the banner in it, and the addresses that the probes ask. Four switches break it: down, readonly, slow
// and expired (switches.go). They are set on the page /switches, or with POST /switches/{name}/{on|off}.
//
// # The past
//
// A quarter in which a lot went wrong (quarter.go says what), written once into an empty store before the service opens it.
// It is the same for the same instant: what is random in it comes from a fixed seed, and every ID from a name. It hangs on
// the calendar, so that the months' figures are known to the second whenever it is written: the month before last misses
// the target, the last one meets it with little to spare. It is written through the rules that the service itself goes by
// (plan.Lay, data.PutOccurrence, data.NewIncident, api.Tell, data.Audit), so it cannot hold what the service would not write.
//
// It is sampled for 90 days, every five minutes, and every minute in the last three. A second place has looked at sign-in and
// documents for a week, and the caller goes on looking from there (Elsewhere). Months are settled when they were due; the month
// before last was restated after that, since an outage in it had been none.
//
// The last thing in it is to come: a critical fix in 26 hours. So its 24 hours of notice are still two hours away, and page,
// banner and mail show it within seconds of the first start.
package demo
