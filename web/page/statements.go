package page

import "cmp"

// The statements about the page itself.
const (
	privacyPath       = "/privacy"
	accessibilityPath = "/accessibility"
)

// statement is a page of text about the page itself, with a way to reach whoever answers for it.
type statement struct {
	maker
	Title   string
	Text    []string
	Ask     string // what Contact is for
	Contact contact
}

// statement makes one from the words under its name.
func (m maker) statement(name, own string, parts ...string) statement {
	v := statement{maker: m, Title: m.T(name + ".title"), Ask: m.T(name + ".contact"), Contact: contactOf(cmp.Or(own, m.s.Support))}
	for _, part := range parts {
		v.Text = append(v.Text, m.T(name+"."+part))
	}
	return v
}

// privacy says what is kept of readers: nothing; and of those who are told by mail (G2, G4, G5).
func (m maker) privacy() statement {
	return m.statement("privacy", m.s.PrivacyContact, "readers", "cookies", "banner", "address", "customer", "mail", "rights")
}

// accessibility says what was built for, how it was checked, and what is not known.
func (m maker) accessibility() statement {
	return m.statement("accessibility", m.s.AccessibilityContact, "meant", "status", "limits", "report")
}

// pagesBeside are those that every State has, made when somebody asks for them.
var pagesBeside = map[string]func(maker) view{
	zonesPath:   func(m maker) view { return view{zonesPath, "zones", m.T("ui.time_zone"), m.zonesPage()} },
	supportPath: func(m maker) view { return view{supportPath, "support", m.T("support.title"), m.supportPage()} },
	commitmentPath: func(m maker) view {
		return view{commitmentPath, "commitment", m.T("commitment.title"), m.commitmentPage()}
	},
	privacyPath: func(m maker) view { return view{privacyPath, "statement", m.T("privacy.title"), m.privacy()} },
	accessibilityPath: func(m maker) view {
		return view{accessibilityPath, "statement", m.T("accessibility.title"), m.accessibility()}
	},
}
