package page

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
)

// TestHeadlineRule: what nobody measured of a committed component is not claimed, and the others take nothing away (DOMAIN 3).
func TestHeadlineRule(t *testing.T) {
	t.Parallel()
	const yes, info, none = data.Committed, data.Informative, data.NoCommitment
	// One component: its commitment, how it stands and what is said of its measuring.
	one := func(commitment data.Commitment, level data.Level, traits string) Component {
		c := Component{Component: data.Component{Commitment: commitment}, Now: data.Standing{Level: level}}
		for trait := range strings.FieldsSeq(traits) {
			switch trait {
			case "probed":
				c.Probed = true
			case "setup":
				c.Setup = "Needs a mailbox."
			case "third":
				c.ThirdParty = true
			case "window":
				c.Now.Maintenance = true
			case "declared":
				c.Now.Declared = true
			default:
				t.Fatalf("what is %s?", trait)
			}
		}
		return c
	}
	up, blind := one(yes, data.Operational, "probed"), one(yes, data.NoData, "probed")
	for _, tt := range []struct {
		name string
		of   []Component
		want Headline
	}{
		{"nothing is shown", nil, Unknown},
		{"all is measured", []Component{up, one(info, data.Operational, "probed")}, AllOK},
		{"a committed one is blind", []Component{up, blind}, Unknown},
		{"all committed ones are blind", []Component{blind, one(info, data.Operational, "probed")}, Unknown},
		{"a committed one has no probe", []Component{up, one(yes, data.NoData, "")}, Unknown},
		{"one that is shown is blind", []Component{up, one(info, data.NoData, "probed")}, AllOK},
		{"one without commitment is blind", []Component{up, one(none, data.NoData, "probed")}, AllOK},
		{"one is still to be probed", []Component{up, one(info, data.NoData, "setup")}, AllOK},
		{"a third party answers for it", []Component{up, one(info, data.NoData, "setup third")}, AllOK},
		{"a third party is probed and blind", []Component{up, one(info, data.NoData, "probed third")}, AllOK},
		{"people alone speak of it, and say nothing", []Component{up, one(info, data.NoData, "")}, AllOK},
		{"people alone speak of all, and say nothing", []Component{one(info, data.NoData, ""), one(none, data.NoData, "")}, AllOK},
		{"nothing counts, and something is down", []Component{one(info, data.Operational, "probed"), one(none, data.MajorOutage, "probed")}, Some},
		{"nothing counts, and a window runs over what is slow", []Component{one(info, data.Degraded, "probed window"), one(info, data.NoData, "")}, Maintenance},
		{"nothing counts, a window runs, and another is slow", []Component{one(info, data.Operational, "probed window"), one(info, data.Degraded, "probed")}, Some},
		{"nothing counts, and all works", []Component{one(info, data.Operational, "probed")}, AllOK},
		{"nothing that is shown is known", []Component{one(info, data.NoData, "probed"), one(none, data.NoData, "probed")}, Unknown},
		{"people say that a committed one works", []Component{one(yes, data.Operational, "declared")}, AllOK},
		{"people say that one is down, another is blind", []Component{blind, one(yes, data.MajorOutage, "declared")}, Major},
		{"one is slow, another is blind", []Component{blind, one(yes, data.Degraded, "probed")}, Some},
		{"one that does not count is down", []Component{up, one(info, data.MajorOutage, "probed")}, AllOK},
		{"a window runs over a blind one", []Component{up, one(yes, data.NoData, "probed window")}, Maintenance},
		{"a window runs, another is blind", []Component{blind, one(yes, data.Operational, "probed window")}, Maintenance},
		{"a window of what does not count", []Component{up, one(info, data.Operational, "probed window")}, AllOK},
	} {
		if got := headline(tt.of); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestUnmeasuredBesideTheHeadline: whatever the headline is, the page says of how many components nobody knows.
func TestUnmeasuredBesideTheHeadline(t *testing.T) {
	t.Parallel()
	for l, want := range map[i18n.Lang]string{
		i18n.EN: "2 of 20 components are not measured at present", i18n.NB: "2 av 20 komponenter måles ikke nå",
		i18n.SV: "2 av 20 komponenter mäts inte just nu", i18n.DA: "2 af 20 komponenter måles ikke i øjeblikket",
		i18n.DE: "2 von 20 Komponenten werden derzeit nicht gemessen",
		i18n.NL: "2 van 20 onderdelen worden op dit moment niet gemeten", i18n.FI: "20 osasta 2 on nyt mittaamatta",
	} {
		for _, tt := range []struct {
			slug, other string
			level       data.Level
			want        Headline
		}{
			{"login", "ai-lab", data.NoData, Unknown},
			{"email-out", "ai-lab", data.NoData, AllOK},
			{"login", "crm-read", data.MajorOutage, Major},
		} {
			s := calm(t)
			s.level(tt.slug, data.NoData)
			s.level(tt.other, tt.level)
			if tt.level != data.NoData {
				s.level("ai-lab", data.NoData)
			}
			s.Headline = headline(s.Components)
			if s.Headline != tt.want {
				t.Errorf("%s, %s %s: the headline is %s, want %s", tt.slug, tt.other, tt.level, s.Headline, tt.want)
			}
			if got := text(all(frontOf(t, s, l), class("say"))[0]); strings.Count(got, want) != 1 {
				t.Errorf("%s: beside %s it says %q", l, s.Headline, got)
			}
		}
	}
}

// TestNeverMeasured: a component that nothing looks at shows what is so, that nobody reported a problem, and one that is to be measured that there is no data.
func TestNeverMeasured(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	partner, login := datatest.Component("partner"), datatest.Component("login")
	partner.Commitment = data.Informative
	retired := datatest.Probe("old", "partner")
	retired.Retired = true
	err = store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}),
			tx.Components().Put(login), tx.Components().Put(partner), tx.Probes().Put(datatest.Probe("front", "login")), tx.Probes().Put(retired),
			tx.Marks().Put(datatest.Mark("login", testNow.AddDate(0, 0, -1), data.Operational)),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	var s *State
	err = store.View(context.Background(), func(tx data.Tx) (err error) {
		s, err = Read(tx, Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998", Langs: i18n.Langs[:]}, testNow)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Headline != AllOK {
		t.Errorf("the headline is %s, want %s: nothing was ever to look at the other", s.Headline, AllOK)
	}
	for _, l := range s.Langs {
		c, _ := s.Component("partner")
		if got, want := (maker{s, l}).stateOf(c), (state{"no_data", i18n.T(l, "level.no_report")}); got != want {
			t.Errorf("%s: it shows as %v, want %v", l, got, want)
		}
		c.Probed = true
		if got, want := (maker{s, l}).stateOf(c), (state{"no_data", i18n.T(l, "level.no_data")}); got != want {
			t.Errorf("%s: with a probe it shows as %v, want %v", l, got, want)
		}
	}
}
