package api

import (
	"testing"

	"github.com/superoffice/statusd/data"
)

// TestEverythingIsSaid keeps slugs off the pages: each reason, impact and cause has its words.
func TestEverythingIsSaid(t *testing.T) {
	for _, r := range data.Reasons {
		if r != "" && reasonNames[r] == "" {
			t.Errorf("the reason %s has no words", r)
		}
	}
	for _, i := range data.Impacts {
		if ImpactNames[i] == "" {
			t.Errorf("the impact %s has no words", i)
		}
	}
	for _, c := range data.Causes {
		if CauseNames[c] == "" {
			t.Errorf("the cause %s has no words", c)
		}
	}
}
