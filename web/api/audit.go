package api

import (
	"errors"
	"strconv"

	"github.com/superoffice/statusd/data"
)

// AuditLog is a part of the audit log, newest first, with the state of the whole chain where that was asked for.
type AuditLog struct {
	Entries []data.AuditEntry `json:"entries"`
	Next    string            `json:"next,omitempty" doc:"What to ask for as before, for older ones; absent at the end."`
}

// Verification is the state of the audit chain.
type Verification struct {
	Count    int    `json:"count"`
	Verified bool   `json:"verified"`
	Head     string `json:"head,omitempty" doc:"Hash of the newest entry; the service logs it every day."`
	Problem  string `json:"problem,omitempty"`
}

func auditOps() []Op {
	return []Op{
		{
			Name: "audit.list", Method: "GET", Path: "/api/v1/audit", Need: data.Viewer, Out: AuditLog{},
			Summary: "Show who did what, newest first.",
			Query:   []Param{{"object", "ID of one object"}, {"limit", "1 to 500, without it 100"}, {"before", "sequence number of the last one seen"}},
			read:    listAudit,
		},
		{
			Name: "audit.verify", Method: "GET", Path: "/api/v1/audit/verify", Need: data.Viewer, Out: Verification{},
			Summary: "Check that no entry was changed or taken out.",
			read: func(_ *API, tx data.Tx, _ *Call) (any, error) {
				n, err := data.VerifyAudit(tx)
				v := Verification{Count: n, Verified: err == nil}
				if err != nil {
					v.Problem = err.Error()
				} else if last, err := tx.Audit().Last("\x7f"); err == nil {
					v.Head = last.Hash
				}
				return v, nil
			},
		},
	}
}

func listAudit(_ *API, tx data.Tx, c *Call) (any, error) {
	limit := 100
	if text := c.Query["limit"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 500 {
			return nil, data.Invalid("limit", "a number from 1 to 500")
		}
		limit = n
	}
	before := uint64(1) << 52
	if text := c.Query["before"]; text != "" {
		n, err := strconv.ParseUint(text, 10, 52)
		if err != nil {
			return nil, data.Invalid("before", "the sequence number of an entry")
		}
		before = n
	}
	out := AuditLog{Entries: []data.AuditEntry{}}
	object := c.Query["object"]
	for {
		e, err := auditBefore(tx, object, before)
		if errors.Is(err, data.ErrNotFound) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		if len(out.Entries) == limit {
			out.Next = strconv.FormatUint(before, 10)
			return out, nil
		}
		out.Entries = append(out.Entries, e)
		before = e.Seq
	}
}

// auditBefore is the newest entry below a sequence number, of one object or of all.
func auditBefore(tx data.Tx, object string, before uint64) (data.AuditEntry, error) {
	if object == "" {
		return tx.Audit().Last(data.AuditEntry{Seq: before}.Key())
	}
	ref, err := tx.AuditRefs().Last(data.AuditRef{Object: object, Seq: before}.Key())
	if err != nil {
		return data.AuditEntry{}, err
	}
	if ref.Object != object {
		return data.AuditEntry{}, data.ErrNotFound
	}
	return tx.Audit().Get(data.AuditEntry{Seq: ref.Seq}.Key())
}
