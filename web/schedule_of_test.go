package web_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
)

// The schedule that programs read has, for a customer, what concerns that customer; for nobody in particular, everything, with the
// cohort named (N3).
func TestScheduleOfACustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.put(func(tx data.Tx) error {
			all, _ := friday(data.System, "all")
			pilot, _ := friday(data.Application, "pilot")
			rest, _ := friday(data.Critical, "rest")
			return errors.Join(data.PutOccurrence(tx, all, time.Now()), data.PutOccurrence(tx, pilot, time.Now()), data.PutOccurrence(tx, rest, time.Now()))
		})
		h.live(time.Minute)
		cohorts := h.pages.Current().State.Cohorts
		of := func(cohort string) string {
			for n := 1; ; n++ {
				if id := "Cust" + string(rune('0'+n%10)) + strings.Repeat("7", n/10); cohorts.Of(id) == cohort {
					return id
				}
			}
		}
		for customer, want := range map[string]string{"": "system application critical", "nobody": "system application critical", of("pilot"): "system application", of("rest"): "system critical"} {
			res, err := h.look.Client.Get(h.look.Base + "/api/v1/schedule?customer=" + customer)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, category := range []string{"system", "application", "critical"} {
				if got := strings.Contains(string(body), `"`+category+`"`); got != strings.Contains(want, category) {
					t.Errorf("customer %q: %s, want %s", customer, body, want)
				}
			}
		}
	})
}
