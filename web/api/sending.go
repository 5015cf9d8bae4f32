package api

import "github.com/superoffice/statusd/data"

func sendingOps() []Op {
	return []Op{{
		Name: "sending.release", Method: "POST", Path: "/api/v1/sending/release", Need: data.Admin, In: struct{}{}, Out: data.Hold{},
		Summary: "Let a restored copy send again. What was due meanwhile is looked up at the provider first.",
		write: func(_ *API, tx data.Tx, c *Call) (*result, error) {
			if err := c.decode(&struct{}{}); err != nil {
				return nil, err
			}
			h, err := data.ReleaseSending(tx, c.now)
			if err != nil {
				return nil, err
			}
			return &result{body: h, object: "sending", after: h}, nil
		},
	}}
}
