package notifier_test

import (
	"errors"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
)

var now = datatest.Start

// planned is a bulletin for a window that starts in 72 hours.
func planned() data.Bulletin { return datatest.Bulletin(now.Add(72 * time.Hour)) }

func TestClaim(t *testing.T) {
	n := data.Notice{Phase: data.NoticePlanned, Next: now}
	got := notifier.Claim(n, planned(), "id@here", now)
	if got.Phase != data.NoticeSending || got.Attempts != 1 || got.MessageID != "id@here" || !got.Lease.Equal(now.Add(notifier.LeaseTime)) || !got.Next.Equal(got.Lease) {
		t.Errorf("Claim = %+v", got)
	}
	void := planned()
	void.Void = true
	over := planned()
	over.Until = now
	for name, b := range map[string]data.Bulletin{"overtaken": void, "news of the past": over} {
		if got := notifier.Claim(n, b, "id@here", now); got.Phase != data.NoticeVoid || !got.Next.IsZero() || got.Attempts != 0 {
			t.Errorf("%s: Claim = %+v", name, got)
		}
	}
}

func TestAfter(t *testing.T) {
	sent := data.Notice{Phase: data.NoticeSending, Attempts: 1, Tried: now, Lease: now.Add(time.Minute)}
	again := sent
	again.Attempts = 4
	fail := func(o notifier.Outcome, after time.Duration) error {
		return &notifier.SendError{Outcome: o, After: after, Reason: "why"}
	}
	for _, tt := range []struct {
		name string
		n    data.Notice
		err  error
		want data.Phase
		next time.Duration // from now; negative means never
	}{
		{"taken", sent, nil, data.NoticeAccepted, -1},
		{"refused", sent, fail(notifier.Refused, 0), data.NoticeRefused, -1},
		{"not taken", sent, fail(notifier.NotTaken, 0), data.NoticePlanned, 10 * time.Second},
		{"not taken, the fourth time", again, fail(notifier.NotTaken, 0), data.NoticePlanned, 80 * time.Second},
		{"asked to wait", sent, fail(notifier.NotTaken, 3*time.Minute), data.NoticePlanned, 3 * time.Minute},
		{"asked to wait for a year", sent, fail(notifier.NotTaken, 365*24*time.Hour), data.NoticePlanned, time.Hour},
		{"unknown", sent, fail(notifier.Unknown, 0), data.NoticeUnknown, time.Minute},
		{"an error of no kind", sent, errors.New("x"), data.NoticeUnknown, time.Minute},
	} {
		got := notifier.After(tt.n, notifier.Receipt{ID: "r"}, tt.err, planned(), now)
		want := time.Time{}
		if tt.next >= 0 {
			want = now.Add(tt.next)
		}
		if got.Phase != tt.want || !got.Next.Equal(want) || !got.Lease.IsZero() || (tt.err == nil) != (got.Receipt == "r") {
			t.Errorf("%s: After = %+v; want %s, next %v", tt.name, got, tt.want, want)
		}
	}
	late := planned()
	late.Deadline = now.Add(-time.Second)
	if got := notifier.After(sent, notifier.Receipt{}, nil, late, now); !got.Late {
		t.Errorf("after the deadline: %+v, want it marked late", got)
	}
}

func TestLookedUp(t *testing.T) {
	asked := func(lookups int) data.Notice {
		return data.Notice{Phase: data.NoticeUnknown, Attempts: 1, Tried: now, Lookups: lookups}
	}
	down := errors.New("the log is down")
	soon := datatest.Bulletin(now.Add(26 * time.Hour)) // its window starts in 26 hours, its Until
	for _, tt := range []struct {
		name  string
		n     data.Notice
		found bool
		err   error
		b     data.Bulletin
		want  data.Phase
		next  time.Duration
		twice bool
	}{
		{"found", asked(0), true, nil, planned(), data.NoticeAccepted, -1, false},
		{"not yet, first", asked(0), false, nil, planned(), data.NoticeUnknown, 5 * time.Minute, false},
		{"not yet, second", asked(1), false, nil, planned(), data.NoticeUnknown, 35 * time.Minute, false},
		{"never", asked(2), false, nil, planned(), data.NoticePlanned, 0, true},
		{"the log is down, there is time", asked(2), false, down, planned(), data.NoticeUnknown, 5 * time.Minute, false},
		{"the log is down, there is none", asked(0), false, down, soon, data.NoticePlanned, 0, true},
	} {
		got := notifier.LookedUp(tt.n, notifier.Receipt{ID: "r"}, tt.found, tt.err, tt.b, now)
		want := time.Time{}
		if tt.next >= 0 {
			want = now.Add(tt.next)
		}
		if got.Phase != tt.want || !got.Next.Equal(want) || got.Twice != tt.twice {
			t.Errorf("%s: LookedUp = %+v; want %s, next %v, twice %t", tt.name, got, tt.want, want, tt.twice)
		}
	}
}

func TestMailgunBase(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://api.eu.mailgun.net/v3":            true,
		"https://api.eu.mailgun.net/":              true,
		"http://127.0.0.1:8025/v3":                 true,
		"http://localhost:8025/v3":                 true,
		"http://[::1]:8025/v3":                     true,
		"https://api.mailgun.net/v3":               false,
		"http://api.eu.mailgun.net/v3":             false,
		"https://api.eu.mailgun.net.evil.example/": false,
		"https://user@api.mailgun.net/v3":          false,
		"api.eu.mailgun.net":                       false,
		"https://127.0.0.1.example/v3":             false,
	} {
		_, err := notifier.NewMailgun(notifier.MailgunOptions{Base: base, Domain: "d", Key: "k", From: "f"})
		if (err == nil) != ok {
			t.Errorf("NewMailgun(%s) = %v, want ok %t", base, err, ok)
		}
	}
}
