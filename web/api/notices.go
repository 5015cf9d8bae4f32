package api

import (
	"net/http"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// NoticesKept says how a month's notices were kept (N4).
type NoticesKept struct {
	Month   string       `json:"month"`
	SoFar   bool         `json:"so_far,omitempty" doc:"The month is not over."`
	Notices []NoticeKept `json:"notices" doc:"By kind and surface."`
}

// NoticeKept is one line of it.
type NoticeKept struct {
	Category data.Category `json:"category"`
	Surface  data.Surface  `json:"surface"`
	Windows  int           `json:"windows" doc:"That took place, or will and had their deadline."`
	Kept     int           `json:"kept" doc:"Shown as early as was promised."`
	Short    int           `json:"short_notice" doc:"Known to be short notice when it was decided, with a reason."`
	Missed   int           `json:"missed"`
	Shortest *int64        `json:"shortest_lead_seconds" doc:"Of those that were shown; null where none was."`
}

func noticeOps() []Op {
	return []Op{{
		Name: "notices.kept", Method: http.MethodGet, Path: "/api/v1/notices/{id}", Need: data.Viewer, Out: NoticesKept{},
		Summary: "How the notices of a month's windows were kept, with the shortest lead by kind and surface.",
		read: func(a *API, tx data.Tx, c *Call) (any, error) {
			from, to, err := ledger.Bounds(c.ID, a.zone())
			if err != nil {
				return nil, err
			}
			kept, err := data.KeptIn(tx, from, to, c.now)
			if err != nil {
				return nil, err
			}
			out := NoticesKept{Month: c.ID, SoFar: c.now.Before(to), Notices: []NoticeKept{}}
			for _, k := range kept {
				n := NoticeKept{Category: k.Category, Surface: k.Surface, Windows: k.Windows, Kept: k.Kept, Short: k.Short, Missed: k.Missed}
				if k.Shortest > 0 {
					seconds := int64(k.Shortest / time.Second)
					n.Shortest = &seconds
				}
				out.Notices = append(out.Notices, n)
			}
			return out, nil
		},
	}}
}
