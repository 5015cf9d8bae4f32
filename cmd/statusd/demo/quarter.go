package demo

import (
	"time"

	"github.com/superoffice/statusd/data"
)

// calendar finds instants by the calendar of the schedule's zone.
type calendar struct {
	now  time.Time
	zone *time.Location
}

// workday is a clock reading on the nth Monday to Friday of the month that lies back months before the running one.
func (c calendar) workday(back, n, hour, minute int) time.Time {
	y, m, _ := c.now.In(c.zone).Date()
	for day := 1; ; day++ {
		t := time.Date(y, m-time.Month(back), day, hour, minute, 0, 0, c.zone)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			n--
		}
		if n == 0 {
			return t.UTC()
		}
	}
}

// weekday is a clock reading on the first such day of the week on or after a day of that month.
func (c calendar) weekday(back int, w time.Weekday, from, hour, minute int) time.Time {
	y, m, _ := c.now.In(c.zone).Date()
	for day := from; ; day++ {
		if t := time.Date(y, m-time.Month(back), day, hour, minute, 0, 0, c.zone); t.Weekday() == w {
			return t.UTC()
		}
	}
}

// month is the first instant of that month.
func (c calendar) month(back int) time.Time {
	y, m, _ := c.now.In(c.zone).Date()
	return time.Date(y, m-time.Month(back), 1, 0, 0, 0, 0, c.zone)
}

// trouble is something that went wrong, as probes measured it: [from, to), in whole minutes. None of a probe's overlap.
type trouble struct {
	probes   []string
	from, to time.Time
	level    data.Level // NoData: the observer was switched off
	reason   data.Reason
	found    *data.Correction // what people found out about it later
}

// story is an incident as people told it. The first entry opens it.
type story struct {
	title    string
	cohort   string
	started  time.Time
	entries  []entry
	affected map[string]data.Level // what the opening says
}

type entry struct {
	at    time.Time
	phase data.Phase
	body  string
	over  bool // from here on nothing is affected any more
}

// The probes of all components that count, and the one hand that did everything people did.
var (
	counting = []string{"crm", "crm:crm-write", "login", "documents"}
	everyone = []string{
		"crm", "crm:crm-write", "login", "documents", "login-certificate", "app-store", "crm-sales", "crm-service",
		"crm-marketing", "customer-centre", "web-services", "support", "trust", "mailings", "calendar-sync", "ai-lab", "trial",
	}
)

const hand = "token:demo"

// Times of the stories whose length decides a month. In the contract's count the month before last comes to 7,440 s
// (5,400 of an upgrade that went past its window, 2,040 without sign-in), which no month allows; the last month comes to
// 4,500 s (2,460 + 2,040), which every month does: February, the shortest, allows 4,838 s.
const (
	overrun  = 90 * time.Minute
	noLogin  = 34 * time.Minute
	noCRM    = 41 * time.Minute
	noSaving = 34 * time.Minute
)

// troubles are what the probes saw, but for what happened inside windows.
func (c calendar) troubles() []trouble {
	login, crm, saving := c.workday(2, 4, 9, 40), c.workday(1, 3, 10, 12), c.workday(1, 11, 14, 5)
	network, fix, slow := c.workday(1, 14, 11, 20), c.patch(), c.slowStart()
	return []trouble{
		{[]string{"login"}, login, login.Add(noLogin - 2*time.Minute), data.MajorOutage, data.ReasonStatus, nil},
		{[]string{"customer-centre"}, c.workday(2, 9, 13, 10), c.workday(2, 9, 14, 0), data.MajorOutage, data.ReasonTimeout, nil},
		{[]string{"web-services"}, c.workday(2, 15, 8, 30), c.workday(2, 15, 9, 20), data.Degraded, data.ReasonSlow, nil},
		{[]string{"crm", "crm:crm-write", "login"}, crm, crm.Add(noCRM - 2*time.Minute), data.MajorOutage, data.ReasonConnect, nil},
		{[]string{"crm", "crm-service"}, c.workday(1, 5, 15, 0), c.workday(1, 5, 15, 40), data.Degraded, data.ReasonSlow, nil},
		{everyone, c.workday(1, 7, 12, 0), c.workday(1, 7, 13, 0), data.NoData, "", nil},
		{[]string{"crm:crm-write"}, saving, saving.Add(noSaving - time.Minute), data.MajorOutage, data.ReasonBody, nil},
		{counting, network, network.Add(12 * time.Minute), data.MajorOutage, data.ReasonTimeout, &data.Correction{
			At: network.Add(3 * time.Hour), Author: hand, Cause: data.ByInternet,
			Why: "Between a network operator and the data centre; the service itself was up, and other networks reached it.",
		}},
		{[]string{"crm"}, fix.Add(10 * time.Minute), fix.Add(24 * time.Minute), data.MajorOutage, data.ReasonStatus, nil},
		{[]string{"crm-sales"}, slow, slow.Add(150 * time.Minute), data.Degraded, data.ReasonSlow, nil},
	}
}

// patch is when an emergency patch was put in: a Wednesday evening of the last month, when no plan has a window.
func (c calendar) patch() time.Time { return c.weekday(1, time.Wednesday, 8, 22, 0) }

// slowStart is when the newest incident began. It was resolved three hours ago.
func (c calendar) slowStart() time.Time { return c.now.Truncate(time.Minute).Add(-340 * time.Minute) }

// stories are the incidents of the quarter. upgrade is the window of the upgrade that took too long.
func (c calendar) stories(upgrade data.Window) []story {
	login, crm, saving := c.workday(2, 4, 9, 40), c.workday(1, 3, 10, 12), c.workday(1, 11, 14, 5)
	network, slow := c.workday(1, 14, 11, 20), c.slowStart()
	at := func(t time.Time, minutes int) time.Time { return t.Add(time.Duration(minutes) * time.Minute) }
	late := upgrade.End.Add(-2 * time.Minute)
	return []story{
		{
			title: "Sign-in fails for most people", started: login, affected: map[string]data.Level{"login": data.MajorOutage},
			entries: []entry{
				{at(login, 4), data.Investigating, "Most attempts to sign in end with an error. People who are signed in can go on working. We are looking into it.", false},
				{at(login, 17), data.Identified, "The service that issues sign-ins cannot read its keys after a change this morning. The change is being taken back.", false},
				{login.Add(noLogin), data.Monitoring, "The change is taken back and sign-in works again. We are watching it.", true},
				{at(login, 75), data.Resolved, "Sign-in has worked without errors for 40 minutes. We are sorry for the interruption.", false},
				{at(login, 3*24*60), data.Postmortem, "What happened: a routine change of keys reached the sign-in service ten minutes before the permission to read them.\n\n" +
					"Why it took 34 minutes: the first attempt to take it back waited for an approval that nobody had been asked for.\n\n" +
					"What changes: keys and permissions are now changed in one step, and taking a change back needs no approval.", false},
			},
		},
		{
			title: "Upgrade takes longer than planned", cohort: "pilot", started: late,
			affected: map[string]data.Level{"crm-read": data.MajorOutage, "crm-write": data.MajorOutage},
			entries: []entry{
				{late, data.Identified, "Converting the databases of the first group takes longer than planned and will not end within the window. The other customers are not affected.", false},
				{at(upgrade.End, 45), data.Identified, "Two thirds are done. The rest is being converted four at a time.", false},
				{upgrade.End.Add(overrun), data.Monitoring, "All databases are converted and the product answers. We are watching it.", true},
				{at(upgrade.End, 150), data.Resolved, "The upgrade of the first group is complete, 90 minutes after the end of its window.", false},
			},
		},
		{
			title: "The product cannot be reached", started: crm,
			affected: map[string]data.Level{"login": data.MajorOutage, "crm-read": data.MajorOutage, "crm-write": data.MajorOutage},
			entries: []entry{
				{at(crm, 3), data.Investigating, "The product does not answer. We are looking into it.", false},
				{at(crm, 9), data.Identified, "A database server failed and the standby did not take over by itself. It is being switched by hand.", false},
				{at(crm, 28), data.Identified, "The standby has taken over. The application servers are being restarted one after the other.", false},
				{crm.Add(noCRM), data.Monitoring, "Everything answers again. We are watching it closely.", true},
				{at(crm, 120), data.Resolved, "The product has been stable for more than an hour. No data was lost.", false},
			},
		},
		{
			title: "Changes cannot be saved", started: saving, affected: map[string]data.Level{"crm-write": data.MajorOutage},
			entries: []entry{
				{at(saving, 5), data.Investigating, "Saving ends with an error; reading works. We are looking into it.", false},
				{at(saving, 15), data.Identified, "A log volume is full. It is being enlarged.", false},
				{saving.Add(noSaving), data.Monitoring, "Saving works again.", true},
				{at(saving, 70), data.Resolved, "Saving works again. The volume is four times as large now, and we are warned earlier.", false},
			},
		},
		{
			title: "Some networks have trouble reaching us", started: network, affected: map[string]data.Level{"login": data.Degraded},
			entries: []entry{
				{at(network, 6), data.Investigating, "Visitors from some networks get no answer, others do. The service itself is up.", false},
				{at(network, 20), data.Monitoring, "A network operator has repaired a connection. All networks reach us again.", true},
				{at(network, 60), data.Resolved, "The fault was between a network operator and the data centre, and has not come back.", false},
			},
		},
		{
			title: "Lists in Sales are slow", started: slow, affected: map[string]data.Level{"crm-sales": data.Degraded},
			entries: []entry{
				{at(slow, 8), data.Investigating, "Large lists in Sales take several seconds to open. Everything works otherwise.", false},
				{at(slow, 40), data.Identified, "An index is being rebuilt and takes more of the database than it should. It is being slowed down.", false},
				{at(slow, 152), data.Monitoring, "Lists open as fast as usual again.", true},
				{at(slow, 160), data.Resolved, "The index is complete and lists are fast.", false},
			},
		},
	}
}
