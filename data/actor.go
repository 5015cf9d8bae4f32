package data

import (
	"slices"
	"strings"
)

// Role is what an operator may do.
type Role string

// The roles, each holding those before it.
const (
	Viewer    Role = "viewer"
	Responder Role = "responder"
	Admin     Role = "admin"
)

var roleRank = map[Role]int{Viewer: 1, Responder: 2, Admin: 3}

// May says whether r includes need. The zero Role may nothing.
func (r Role) May(need Role) bool { return roleRank[r] > 0 && roleRank[r] >= roleRank[need] }

// Actor is who does something: a person at the host, a program with a token, somebody signed in. The zero Actor may nothing.
type Actor struct {
	Name    string // "socket:root", "token:pager", "operator:it@example.com", as the audit log has it
	Role    Role
	Address string // where the request came from
	Scope   string // whose idempotency keys these are: the same person's by socket and by file; empty means Name's
	Session string // hash of the session, for somebody signed in

	Scopes []string // what a program may use, within its role; empty means everything
}

// Reaches says whether the scopes include the operation, such as incident.open: by its own name or by its noun, incident.
func (a Actor) Reaches(operation string) bool {
	noun, _, _ := strings.Cut(operation, ".")
	return len(a.Scopes) == 0 || slices.Contains(a.Scopes, operation) || slices.Contains(a.Scopes, noun)
}
