package letter_test

import (
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
)

// TestTellApproximateStart: only an emergency still to come has one (M9), merged with others or not (M15).
func TestTellApproximateStart(t *testing.T) {
	t.Parallel()
	of := func(p data.Phase, cs ...data.Category) (a data.Announcement) {
		for _, c := range cs {
			w := data.Window{Start: instant(t, "2026-04-22T16:00:00Z"), End: instant(t, "2026-04-22T17:00:00Z")}
			a.Occurrences = append(a.Occurrences, data.Occurrence{Maintenance: data.AdHoc, Category: c, Window: w, Phase: p, Short: "urgent"})
		}
		return a
	}
	for _, c := range []struct {
		name string
		of   data.Announcement
		want bool
	}{
		{"an emergency", of(data.Scheduled, data.Emergency), true},
		{"an emergency among others", of(data.Scheduled, data.System, data.Emergency), true},
		{"an emergency that has begun", of(data.InProgress, data.Emergency), false},
		{"a confirmed slot", of(data.Scheduled, data.Infrastructure), false},
	} {
		f := letter.Facts{Lang: i18n.EN, Product: "CRM"}
		f.TellWindow(data.Bulletin{Kind: data.TellPlanned, Short: true}, c.of, nil, "https://status.example.com", "kctbh9vrtdwd")
		if f.Kind != letter.ShortNotice || f.Approximate != c.want {
			t.Errorf("%s is told as %s, its start approximate %t: want short_notice, %t", c.name, f.Kind, f.Approximate, c.want)
		}
	}
}
