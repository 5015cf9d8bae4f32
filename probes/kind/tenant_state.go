package kind

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
)

func checkTenant(p data.Probe) error { return checkHTTP(data.Probe{Target: p.Target}) }

// tenantState is the product's answer about one customer's installation (DOMAIN.md 3). Members that it does not have are zero.
type tenantState struct {
	Endpoint string
	State    string // its name where it is known, else as it was sent
	Running  bool   // IsRunning; true where it is not told
}

// tenantStates are the states by name. The product sends either.
var tenantStates = map[string]int{
	"Unknown": 0, "Provisioning": 1, "Running": 2, "Deleted": 3, "Suspended": 4, "OnlineMaintenance": 5, "OfflineMaintenance": 6,
	"ProvisioningFailed": 8, "Deleting": 10, "DeleteFailed": 11, "MigrationPending": 12,
}

// readTenant reads an answer. What has no State is one all the same: a 421 may hold the Endpoint alone.
func readTenant(body []byte) (tenantState, error) {
	var in struct {
		Endpoint  string
		State     json.RawMessage
		IsRunning *bool
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return tenantState{}, errors.New("the answer is no tenant state")
	}
	t := tenantState{Endpoint: in.Endpoint, Running: in.IsRunning == nil || *in.IsRunning}
	text := strings.TrimSpace(string(in.State))
	if text == "" || text == "null" {
		return t, nil
	}
	var name string
	if err := json.Unmarshal(in.State, &name); err == nil {
		text = strings.TrimSpace(name)
	}
	t.State = text
	number, err := strconv.Atoi(text)
	for known, n := range tenantStates {
		if err == nil && n == number || strings.EqualFold(known, text) {
			t.State = known
		}
	}
	return t, nil
}

// verdict is what a state means (DOMAIN.md 3). What is not known to be down is not down.
func (t tenantState) verdict(p data.Probe) data.Sample {
	unsure := func(detail string) data.Sample {
		return data.Sample{Level: data.NoData, Reason: data.ReasonUnsure, Detail: detail}
	}
	switch t.State {
	case "Running", "OnlineMaintenance":
		if !t.Running {
			return unsure(fmt.Sprintf("its state is %s, and it says that it is not running", t.State))
		}
		s := data.Sample{Level: data.Operational}
		if t.State == "OnlineMaintenance" {
			s.Detail = "it is being maintained while it runs"
		}
		return s
	case "OfflineMaintenance":
		return Fail(p, data.ReasonMaintenance, "the tenant is offline for maintenance")
	case "Provisioning", "Suspended", "Deleted", "ProvisioningFailed", "Deleting", "DeleteFailed", "MigrationPending":
		return data.Sample{Level: data.NoData, Reason: data.ReasonLeftOut, Detail: "the tenant's state is " + t.State + ", which does not count (U13)"}
	case "Unknown":
		return unsure("the product does not know the tenant's state")
	case "":
		return unsure("the answer names no state")
	}
	return unsure("the answer names a state that is not known here")
}

// errMoved is an endpoint that cannot be followed.
type errMoved struct{ what string }

func (e errMoved) Error() string { return e.what }

// follow is where a tenant that has moved is asked: the same path on the endpoint's host, unless the endpoint is a whole
// address of a state itself. A target of https is not left for http.
func follow(target *url.URL, endpoint string) (*url.URL, error) {
	endpoint = strings.TrimSpace(endpoint)
	if endpoint == "" {
		return nil, errMoved{"it has moved and does not say where to"}
	}
	if !strings.Contains(endpoint, "://") {
		endpoint = target.Scheme + "://" + endpoint
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil, u.Hostname() == "", u.Port() != "" && !validPort(u.Port()):
		return nil, errMoved{"it has moved to what is no address"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errMoved{"it has moved out of http and https"}
	case target.Scheme == "https" && u.Scheme != "https":
		return nil, errMoved{"it has moved from https to http, which is not followed"}
	}
	at := *target
	at.Scheme, at.Host = u.Scheme, u.Host
	if strings.Contains(u.Path, "/api/state/") {
		at.Path, at.RawPath, at.RawQuery = u.Path, u.RawPath, u.RawQuery
	}
	return &at, nil
}
