package notifier_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/mailguntest"
)

func open(t testing.TB) data.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	return s
}

func put(t testing.TB, s data.Store, fn func(data.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// tell puts an occurrence with its planned bulletin.
func tell(tx data.Tx, o data.Occurrence) error {
	lead := o.Notice.WithDefaults()
	return errors.Join(tx.Occurrences().Put(o), tx.Bulletins().Put(data.Bulletin{
		About: data.AboutOccurrence, Subject: string(o.Key()), Kind: data.TellPlanned,
		Moment: o.Window.Start.Add(-lead.Page), Deadline: o.Deadline(), Until: o.Window.End,
	}))
}

func prepare(t testing.TB, s data.Store, subscribers int, os ...data.Occurrence) {
	put(t, s, func(tx data.Tx) error {
		errs := []error{
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Components().Put(datatest.Component("crm-read")),
		}
		for i := range subscribers {
			errs = append(errs, tx.Subscribers().Put(datatest.Subscriber(fmt.Sprintf("s%05d", i))))
		}
		for _, o := range os {
			errs = append(errs, tell(tx, o))
		}
		return errors.Join(errs...)
	})
}

func newNotifier(s data.Store, sender notifier.Sender) *notifier.Notifier {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	return notifier.New(notifier.Options{
		Store: s, Sender: sender, Domain: "status.example.com", Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
		Settings: notifier.Settings{Product: "SuperOffice CRM", URL: "https://status.example.com", Zone: oslo},
	})
}

// scripted is a Sender in memory whose answers a test writes.
type scripted struct {
	mu      sync.Mutex
	sent    []notifier.Batch
	answers []error
	log     []notifier.Batch // what Find finds
	logErr  error
}

func (s *scripted) Send(_ context.Context, b notifier.Batch) (notifier.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, b)
	var err error
	if len(s.answers) > 0 {
		err, s.answers = s.answers[0], s.answers[1:]
	}
	return notifier.Receipt{ID: "receipt", At: time.Now()}, err
}

func (s *scripted) Find(_ context.Context, b notifier.Batch, _ time.Time) (notifier.Receipt, bool, error) {
	for _, l := range s.log {
		if l.MessageID == b.MessageID {
			return notifier.Receipt{ID: "found", At: time.Now()}, true, nil
		}
	}
	return notifier.Receipt{}, false, s.logErr
}

// live runs the loop for d in a bubble.
func live(t *testing.T, s data.Store, sender notifier.Sender, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := newNotifier(s, sender).Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func notices(t testing.TB, s data.Store) []data.Notice {
	t.Helper()
	var all []data.Notice
	put(t, s, func(tx data.Tx) (err error) { all, err = data.All(tx.Notices().Range("", "")); return err })
	return all
}

// week is an occurrence that starts a week after the bubble's beginning (2000-01-01 00:00 UTC).
func week(maintenance string) data.Occurrence {
	return datatest.Occurrence(maintenance, time.Date(2000, 1, 8, 0, 0, 0, 0, time.UTC))
}

func TestOnceAtItsMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		prepare(t, s, 2, week("system"))
		live(t, s, sender, 96*time.Hour-time.Minute)
		if len(sender.sent) != 0 {
			t.Fatalf("%d messages before the moment", len(sender.sent))
		}
		live(t, s, sender, 2*time.Minute)
		if len(sender.sent) != 2 {
			t.Fatalf("%d messages at the moment, want one for each of two subscribers", len(sender.sent))
		}
		live(t, s, sender, 8*24*time.Hour)
		if len(sender.sent) != 2 {
			t.Errorf("%d messages in the end, want the two", len(sender.sent))
		}
		put(t, s, func(tx data.Tx) error {
			b := data.Bulletin{About: data.AboutOccurrence, Subject: string(week("system").Key()), Kind: data.TellPlanned}
			p, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), data.OnMail))
			if want := week("system").Window.Start.Add(-72 * time.Hour); p.At.Sub(want).Abs() > time.Minute {
				t.Errorf("mail was first accepted at %v, want about %v", p.At, want)
			}
			return err
		})
	})
}

func TestMergedWindowsAreOneMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		patches := week("microsoft")
		patches.Category = data.Microsoft
		other := week("application")
		other.Category, other.Window.End = data.Application, other.Window.End.Add(time.Hour)
		prepare(t, s, 1, week("system"), patches, other)
		live(t, s, sender, 7*24*time.Hour)
		var subjects []string
		for _, b := range sender.sent {
			subjects = append(subjects, b.Letter.Subject)
		}
		if len(subjects) != 2 {
			t.Fatalf("subjects: %q, want one for the two of the same span and one for the other", subjects)
		}
		if all := strings.Join(subjects, "\n"); !strings.Contains(all, "System maintenance and Microsoft security updates") {
			t.Errorf("subjects: %q, want both reasons named", subjects)
		}
	})
}

func TestUnknownIsLookedUp(t *testing.T) {
	unknown := &notifier.SendError{Outcome: notifier.Unknown, Reason: "cut"}
	for _, tt := range []struct {
		name   string
		taken  bool  // the provider has it in its log
		logErr error // the log cannot be asked
		want   int   // messages handed over
	}{
		{"it was taken", true, nil, 1},
		{"it was not", false, nil, 2},
		{"nobody can say", false, errors.New("down"), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t)
				sender := &scripted{answers: []error{unknown}, logErr: tt.logErr}
				prepare(t, s, 1, week("system"))
				live(t, s, sender, 96*time.Hour+time.Second)
				if len(sender.sent) != 1 {
					t.Fatalf("%d messages at the moment", len(sender.sent))
				}
				if tt.taken {
					sender.log = sender.sent
				}
				live(t, s, sender, 3*24*time.Hour)
				n := notices(t, s)[0]
				if len(sender.sent) != tt.want || n.Phase != data.NoticeAccepted || n.Twice != (tt.want > 1) {
					t.Errorf("%d messages, want %d; the notice is %+v", len(sender.sent), tt.want, n)
				}
				if tt.want == 2 && sender.sent[0].MessageID != sender.sent[1].MessageID {
					t.Error("the second attempt has another Message-ID")
				}
			})
		})
	}
}

// TestDiedWhileSending finds a notice that was being sent when the process was killed: it is looked up, not sent again.
func TestDiedWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		prepare(t, s, 1, week("system"))
		time.Sleep(96 * time.Hour)
		if _, err := notifier.FanOut(t.Context(), s, time.Now()); err != nil {
			t.Fatal(err)
		}
		n := notices(t, s)[0]
		put(t, s, func(tx data.Tx) error {
			b, err := tx.Bulletins().Get(n.Bulletin)
			if err != nil {
				return err
			}
			id := data.PublicID("abcdefghijkl", "notice", string(n.Key())) + "@status.example.com"
			sender.log = []notifier.Batch{{MessageID: id}} // it had got through
			return data.PutNotice(tx, notifier.Claim(n, b, id, time.Now()))
		})
		live(t, s, sender, time.Hour)
		if n := notices(t, s)[0]; len(sender.sent) != 0 || n.Phase != data.NoticeAccepted || n.Receipt != "found" {
			t.Errorf("%d messages, notice %+v; want it found in the log and not sent again", len(sender.sent), n)
		}
	})
}

func TestOvertakenIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		sender := &scripted{answers: []error{&notifier.SendError{Outcome: notifier.NotTaken, After: time.Hour, Reason: "busy"}}}
		prepare(t, s, 1, week("system"))
		live(t, s, sender, 96*time.Hour+time.Second)
		key := notices(t, s)[0].Bulletin
		put(t, s, func(tx data.Tx) error {
			b, err := tx.Bulletins().Get(key)
			b.Void = true
			return errors.Join(err, tx.Bulletins().Put(b))
		})
		live(t, s, sender, 24*time.Hour)
		if n := notices(t, s)[0]; len(sender.sent) != 1 || n.Phase != data.NoticeVoid {
			t.Errorf("%d messages, notice %+v; want no second try of what was overtaken", len(sender.sent), n)
		}
	})
}

func TestPrune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		late := week("microsoft")
		late.Window.Start, late.Window.End = late.Window.Start.AddDate(0, 0, 30), late.Window.End.AddDate(0, 0, 30)
		prepare(t, s, 500, week("system"), late)
		live(t, s, sender, 40*24*time.Hour)
		if len(sender.sent) != 1000 {
			t.Fatalf("%d messages of two windows to 500", len(sender.sent))
		}
		over := week("system").Window.End
		for _, tt := range []struct {
			after time.Duration
			want  int
		}{{notifier.KeepNotices - time.Second, 0}, {notifier.KeepNotices, 500}, {notifier.KeepNotices, 0}} {
			if n, err := notifier.Prune(t.Context(), s, over.Add(tt.after)); n != tt.want || err != nil {
				t.Errorf("Prune %v after the end = %d, %v; want %d", tt.after, n, err, tt.want)
			}
		}
		if n := len(notices(t, s)); n != 500 {
			t.Errorf("%d notices are left, want the 500 of the other window", n)
		}
		put(t, s, func(tx data.Tx) error {
			b := data.Bulletin{About: data.AboutOccurrence, Subject: string(week("system").Key()), Kind: data.TellPlanned}
			b, err := tx.Bulletins().Get(b.Key())
			if b.Reached != 500 {
				t.Errorf("the bulletin says that it reached %d", b.Reached)
			}
			return err
		})
		live(t, s, sender, 24*time.Hour)
		if len(sender.sent) != 1000 {
			t.Errorf("%d messages: what was forgotten was sent again", len(sender.sent))
		}
	})
}

// TestHiddenIncident tells of an incident only what the public may know: of one that names only hidden components nothing.
func TestHiddenIncident(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		prepare(t, s, 1)
		inner := datatest.Component("dc-oslo")
		inner.Audience, inner.Name = data.ForOperators, data.Words{"en": "Rack seven"}
		tell := func(id string, components ...string) {
			i := datatest.Incident(id, time.Now())
			i.Title, i.Affected = "Incident "+id, nil
			for _, c := range components {
				i.Affected = append(i.Affected, data.Affected{Component: c, Level: data.MajorOutage})
			}
			put(t, s, func(tx data.Tx) error {
				return errors.Join(tx.Components().Put(inner), data.PutIncident(tx, i), tx.Bulletins().Put(data.Bulletin{
					About: data.AboutIncident, Subject: id, Kind: data.TellIncident, Version: 1, Moment: time.Now(), Until: time.Now().Add(24 * time.Hour),
				}))
			})
		}
		tell("aaaaaaaaaaa1", "dc-oslo")
		tell("aaaaaaaaaaa2", "dc-oslo", "crm-read")
		live(t, s, sender, time.Hour)
		if len(sender.sent) != 1 || !strings.Contains(sender.sent[0].Letter.Text, "aaaaaaaaaaa2") || strings.Contains(sender.sent[0].Letter.Text, "Rack seven") {
			t.Errorf("sent: %+v; want one mail, of the second incident, without the hidden component", sender.sent)
		}
	})
}

func TestManySubscribers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		prepare(t, s, 1001, week("system"))
		time.Sleep(96 * time.Hour)
		for range 2 { // twice makes it once
			if _, err := notifier.FanOut(t.Context(), s, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(notices(t, s)); n != 1001 {
			t.Errorf("%d notices for 1001 subscribers", n)
		}
	})
}

// TestMailgun sends through the real library to a stand-in, faults included.
func TestMailgun(t *testing.T) {
	for _, tt := range []struct {
		name    string
		fault   mailguntest.Fault
		outcome notifier.Outcome
		ok      bool
		kept    int // messages the stand-in accepted
	}{
		{"all is well", mailguntest.None, 0, true, 1},
		{"too many", mailguntest.TooMany, notifier.NotTaken, false, 0},
		{"server error", mailguntest.ServerError, notifier.Unknown, false, 0},
		{"taken and cut off", mailguntest.AcceptThenCut, notifier.Unknown, false, 1},
		{"cut off", mailguntest.CutUnaccepted, notifier.Unknown, false, 0},
		{"garbage", mailguntest.Garbage, notifier.Unknown, false, 1},
		{"no ID", mailguntest.NoID, notifier.Unknown, false, 1},
		{"unauthorized", mailguntest.Unauthorized, notifier.Refused, false, 0},
		{"suppressed", mailguntest.Suppressed, notifier.Refused, false, 0},
		{"redirect", mailguntest.RedirectFault, notifier.Unknown, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake := &mailguntest.Server{Key: "marked-secret"}
			server := httptest.NewServer(fake)
			defer server.Close()
			m, err := notifier.NewMailgun(notifier.MailgunOptions{Base: server.URL + "/v3", Domain: "example.com", Key: "marked-secret", From: "Status <status@example.com>"})
			if err != nil {
				t.Fatal(err)
			}
			fake.Next(tt.fault)
			b := notifier.Batch{Key: "row", Tag: "tag", MessageID: "row@status.example.com", To: "reader@example.com"}
			b.Letter.Subject, b.Letter.Text, b.Letter.HTML = "Subject", "Text", "<p>Text</p>"
			r, err := m.Send(t.Context(), b)
			var e *notifier.SendError
			if errors.As(err, &e); (err == nil) != tt.ok || err != nil && e.Outcome != tt.outcome {
				t.Errorf("Send = %+v, %v; want outcome %d", r, err, tt.outcome)
			}
			if err != nil && (strings.Contains(err.Error(), "marked-secret") || strings.Contains(err.Error(), "reader@")) {
				t.Errorf("the error gives something away: %v", err)
			}
			if tt.fault == mailguntest.TooMany && (e.After < 20*time.Second || e.After > 40*time.Second) {
				t.Errorf("asked to wait %v, want the half minute that the header says", e.After)
			}
			kept := fake.Messages()
			if len(kept) != tt.kept {
				t.Fatalf("the stand-in kept %d messages, want %d", len(kept), tt.kept)
			}
			_, found, err := m.Find(t.Context(), b, time.Now().Add(-time.Minute))
			if found != (tt.kept > 0) || err != nil {
				t.Errorf("Find = %t, %v; want %t", found, err, tt.kept > 0)
			}
			if tt.kept == 0 {
				return
			}
			k := kept[0]
			if k.MessageID != b.MessageID || k.Variables["outbox"] != "row" || len(k.Tags) != 1 || k.Tags[0] != "tag" || k.To != b.To || k.HTML == "" || k.Text == "" {
				t.Errorf("the stand-in kept %+v", k)
			}
		})
	}
}

func TestMailgunCannotBeReached(t *testing.T) {
	server := httptest.NewServer(nil)
	base := server.URL
	server.Close() // nobody listens there any more
	m, err := notifier.NewMailgun(notifier.MailgunOptions{Base: base + "/v3", Domain: "example.com", Key: "k", From: "f@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Send(t.Context(), notifier.Batch{MessageID: "a@b", To: "reader@example.com"})
	var e *notifier.SendError
	if !errors.As(err, &e) || e.Outcome != notifier.NotTaken {
		t.Errorf("Send = %v, want NotTaken: nothing can have gone out", err)
	}
	if _, _, err := m.Find(t.Context(), notifier.Batch{To: "reader@example.com"}, time.Now()); err == nil {
		t.Error("Find succeeded without anybody to ask")
	}
}
