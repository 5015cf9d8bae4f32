package statuspage_test

import (
	"testing"

	"github.com/superoffice/statusd/data"
)

// BenchmarkRender makes every document of a page with 60 incidents; it runs at every revision and tick.
func BenchmarkRender(b *testing.B) {
	s := maintenance()
	for n := range 60 {
		i := bad().Incidents[n%2]
		i.ID = data.PublicID(pageID, "incident", i.ID+string(rune('a'+n)))
		s.Incidents = append(s.Incidents, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		render(b, s)
	}
}
