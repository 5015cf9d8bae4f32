package api

import (
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

// Length writes seconds exactly, for operators: "3 hours 22 minutes 58 seconds".
func Length(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	if rest := d % time.Minute; d >= time.Hour && rest != 0 {
		return i18n.Duration(i18n.EN, d-rest) + " " + i18n.Duration(i18n.EN, rest)
	}
	return i18n.Duration(i18n.EN, d)
}

// Allowance says to operators how much downtime meets the target, and how much of that is left or missing. Where too little is known of
// the month it says only the former.
func Allowance(r ledger.Report) string {
	text := "Allowed: " + Length(r.Allowance)
	switch left := r.Allowance - r.Contract.Downtime; {
	case r.NoData || !r.Contract.Verdict.Known():
		return text + "."
	case left < 0:
		return text + "; exceeded by " + Length(-left) + "."
	default:
		return text + "; left: " + Length(left) + "."
	}
}
