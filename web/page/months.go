package page

import (
	"math/big"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

// month is one month's figures as shown. One that nobody watched has none (U15).
type month struct {
	maker
	Name     string
	Month    string // YYYY-MM
	Href     string // of its page; empty where it is not linked
	Known    bool
	Withheld bool // its record was changed after it was settled
	Blank    bool // nobody measured anything, and people said that something was down: there is no percentage
	Thin     bool // at no time all that counts was measured, or so seldom that the coverage shows as nothing
	SoFar    bool
	Moves    bool // its sums change by the mere passing of time
	Contract figure
	Observed figure
	Coverage string
	Gap      string   // how long nobody watched; empty for never
	Left     string   // of the allowance, while the month runs
	Notices  []string // how the notices of its windows were kept; none where there were none
}

type figure struct {
	Percent  string
	Downtime string
	Met      string // word; empty while the month runs and the target is kept
	Why      string // why that is open: between which figures it lies; empty where it is not, or where nobody can say
	Breach   bool
	Open     bool // whether the target was met depends on time that nobody watched
	Moves    bool
}

// months makes the newest n months, newest first.
func (m maker) months(n int) []month {
	moves := m.moves()
	var out []month
	for i := len(m.s.Months) - 1; i >= 0 && len(out) < n; i-- {
		v := m.month(m.s.Months[i], moves)
		v.Href = m.Link(uptimePath + v.Month)
		out = append(out, v)
	}
	return out
}

func (m maker) month(r Month, moves bool) month {
	v := month{maker: m, Month: r.Month, Name: m.monthName(r.Month), Known: r.Known, SoFar: r.SoFar, Moves: r.SoFar && moves, Notices: m.noticeLines(r.Notices), Thin: strings.HasPrefix(r.Coverage, "0.00")}
	v.Blank = r.kept != nil && r.kept.Facts.NothingWatched(m.s.counted())
	if v.Withheld = r.Contract.Verdict == ledger.Withheld; v.Withheld {
		v.Known = false
	}
	if !v.Known {
		return v
	}
	v.Contract, v.Observed = m.figure(r.Contract, v), m.figure(r.Observed, v)
	v.Observed.Met = "" // the target is the contract's
	v.Observed.Breach, v.Observed.Open = false, false
	if v.Contract.Open && !v.Blank && r.kept != nil {
		if least, err := r.kept.Facts.Least(m.s.counted()); err == nil { // it was reported once already
			v.Contract.Why = m.T("ui.uncertain_range", "least", i18n.Percent(m.l, least), "most", v.Contract.Percent, "duration", m.seconds(r.Unobserved))
		}
	}
	v.Coverage = m.covered(r.Report, v.Blank)
	if r.Unobserved > 0 {
		v.Gap = m.T("ui.not_observed_for", "duration", m.seconds(r.Unobserved))
	}
	switch {
	case !r.SoFar || r.Left == nil:
	case *r.Left > 0:
		v.Left = m.T("ui.allowance_left", "duration", m.seconds(*r.Left))
	default:
		v.Left = m.T("ui.allowance_used")
	}
	return v
}

func (m maker) figure(r ledger.Result, of month) figure {
	f := figure{Moves: of.Moves, Percent: i18n.Percent(m.l, r.Shown), Downtime: m.T("ui.no_downtime"), Breach: !r.Met}
	if of.Blank {
		f.Percent = m.T("ui.not_observed")
	}
	if r.Downtime > 0 {
		f.Downtime = m.T("ui.downtime", "duration", m.seconds(r.Downtime))
	}
	switch {
	case f.Breach:
		f.Met = m.T("ui.not_met")
	case of.SoFar:
	case r.Verdict == ledger.Uncertain:
		f.Met, f.Open = m.T("ui.uncertain"), true
	default:
		f.Met = m.T("ui.met")
	}
	return f
}

// blank says whether nobody watched the one component that r is of. Then a percentage would claim what nobody measured.
func blank(r ledger.Report) bool { return r.Component != "" && r.Coverage == "0.000000" }

// covered words the watched share of a month.
func (m maker) covered(r ledger.Report, blank bool) string {
	if blank {
		return m.T("ui.not_observed")
	}
	return m.percent(r.Coverage)
}

// moves says whether a committed component is down or unwatched right now, so that this month's sums grow.
func (m maker) moves() bool {
	for _, c := range m.s.Components {
		if c.Commitment == data.Committed && c.Now.Level != data.Operational {
			return true
		}
	}
	return false
}

// percent shows six decimals as two, cut.
func (m maker) percent(figure string) string {
	if whole, decimals, ok := strings.Cut(figure, "."); ok && len(decimals) > 2 {
		figure = whole + "." + decimals[:2]
	}
	return i18n.Percent(m.l, figure)
}

func (m maker) monthName(yyyymm string) string {
	t, err := time.Parse("2006-01", yyyymm)
	if err != nil {
		return yyyymm
	}
	return i18n.Capital(i18n.Month(m.l, t.Year(), t.Month()))
}

// target words the target: "target 99.8%".
func (m maker) target() string {
	return m.targetOf(m.s.Target)
}

// targetOf words a target that a month had.
func (m maker) targetOf(target string) string {
	percent := m.shareText(target)
	if percent == "" {
		return ""
	}
	return m.T("ui.target", "target", percent)
}

// shareText writes an exact share in percent; empty for what is none.
func (m maker) shareText(share string) string {
	r, ok := new(big.Rat).SetString(share)
	if !ok {
		return ""
	}
	text := strings.TrimRight(r.Mul(r, big.NewRat(100, 1)).FloatString(6), "0")
	return i18n.Percent(m.l, strings.TrimSuffix(text, "."))
}
