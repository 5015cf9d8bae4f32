package statuspage_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// The types of a strict client: every member, no other, none of a kind that null would break.
type (
	document struct {
		Page         pageObject   `json:"page"`
		Components   *[]component `json:"components"`
		Incidents    *[]event     `json:"incidents"`
		Incident     *event       `json:"incident"`
		Maintenances *[]scheduled `json:"scheduled_maintenances"`
		Status       *struct {
			Indicator   string `json:"indicator"`
			Description string `json:"description"`
		} `json:"status"`
	}
	pageObject struct {
		ID       string    `json:"id"`
		Name     string    `json:"name"`
		URL      string    `json:"url"`
		TimeZone string    `json:"time_zone"`
		Updated  time.Time `json:"updated_at"`
	}
	component struct {
		ID          string    `json:"id"`
		Name        string    `json:"name"`
		Status      string    `json:"status"`
		Created     time.Time `json:"created_at"`
		Updated     time.Time `json:"updated_at"`
		Position    int       `json:"position"`
		Description *string   `json:"description"`
		Showcase    bool      `json:"showcase"`
		StartDate   *string   `json:"start_date"`
		GroupID     *string   `json:"group_id"`
		PageID      string    `json:"page_id"`
		Group       bool      `json:"group"`
		OnlyBad     bool      `json:"only_show_if_degraded"`
		Components  []string  `json:"components"`
	}
	event struct {
		ID         string      `json:"id"`
		Name       string      `json:"name"`
		Status     string      `json:"status"`
		Created    time.Time   `json:"created_at"`
		Updated    time.Time   `json:"updated_at"`
		Monitoring *time.Time  `json:"monitoring_at"`
		Resolved   *time.Time  `json:"resolved_at"`
		Impact     string      `json:"impact"`
		Shortlink  string      `json:"shortlink"`
		Started    time.Time   `json:"started_at"`
		PageID     string      `json:"page_id"`
		Updates    []entry     `json:"incident_updates"`
		Components []component `json:"components"`
		Reminders  *string     `json:"reminder_intervals"`
	}
	scheduled struct {
		event
		For   time.Time `json:"scheduled_for"`
		Until time.Time `json:"scheduled_until"`
	}
	entry struct {
		ID         string    `json:"id"`
		Status     string    `json:"status"`
		Body       string    `json:"body"`
		IncidentID string    `json:"incident_id"`
		Created    time.Time `json:"created_at"`
		Updated    time.Time `json:"updated_at"`
		Display    time.Time `json:"display_at"`
		Affected   []struct {
			Code string `json:"code"`
			Name string `json:"name"`
			Old  string `json:"old_status"`
			New  string `json:"new_status"`
		} `json:"affected_components"`
		Deliver bool    `json:"deliver_notifications"`
		Tweet   *string `json:"custom_tweet"`
		TweetID *string `json:"tweet_id"`
	}
)

// The members of each kind of object in the order of the captures (STATUSPAGE-V2 2 and 3).
const (
	pageMembers      = "id name url time_zone updated_at"
	statusMembers    = "indicator description"
	leafMembers      = "id name status created_at updated_at position description showcase start_date group_id page_id group only_show_if_degraded"
	groupMembers     = leafMembers + " components"
	incidentMembers  = "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id incident_updates components reminder_intervals"
	scheduledMembers = incidentMembers + " scheduled_for scheduled_until"
	updateMembers    = "id status body incident_id created_at updated_at display_at affected_components deliver_notifications custom_tweet tweet_id"
	affectedMembers  = "code name old_status new_status"
)

var membersOf = map[string][]string{ // by the member that an object, or a list of such, stands under
	"page": {pageMembers}, "status": {statusMembers}, "components": {leafMembers, groupMembers}, "incident": {incidentMembers},
	"incidents": {incidentMembers}, "scheduled_maintenances": {scheduledMembers}, "incident_updates": {updateMembers},
	"affected_components": {affectedMembers},
}

var documentMembers = map[string]string{
	"summary.json": "page components incidents scheduled_maintenances status", "status.json": "page status", "components.json": "page components",
	"incidents.json": "page incidents", "incidents/unresolved.json": "page incidents", "scheduled-maintenances.json": "page scheduled_maintenances",
	"scheduled-maintenances/upcoming.json": "page scheduled_maintenances", "scheduled-maintenances/active.json": "page scheduled_maintenances",
}

// members walks a document and reports the members of every object, in their order, with the member it stands under.
func members(t *testing.T, body []byte, report func(under, members string)) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	var walk func(under string)
	next := func() json.Token {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	walk = func(under string) {
		switch next() {
		case json.Delim('{'):
			var names []string
			for d.More() {
				name := next().(string)
				names = append(names, name)
				walk(name)
			}
			next()
			report(under, strings.Join(names, " "))
		case json.Delim('['):
			for d.More() {
				walk(under)
			}
			next()
		}
	}
	walk("")
}

func TestMembersAreThoseOfTheCaptures(t *testing.T) {
	for name, situation := range situations {
		t.Run(name, func(t *testing.T) {
			docs := render(t, situation())
			objects := 0
			for place, d := range docs {
				path := strings.TrimPrefix(place.Path, "/api/v2/")
				if place.Lang != "" || path == place.Path {
					t.Errorf("a document at %+v: want one without language under /api/v2/", place)
				}
				decode(t, docs, path)
				members(t, d.Body, func(under, got string) {
					objects++
					want := membersOf[under]
					if under == "" {
						if want = []string{documentMembers[path]}; want[0] == "" {
							want[0] = "page incident"
						}
					}
					if !slices.Contains(want, got) {
						t.Errorf("%s: an object under %q has the members\n%s, want\n%s", path, under, got, strings.Join(want, "\nor "))
					}
				})
			}
			for path := range documentMembers {
				decode(t, docs, path)
			}
			if objects < 30 {
				t.Errorf("only %d objects were looked at", objects)
			}
		})
	}
}
