package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// Banners are what login pages show now.
type Banners struct {
	AsOf      time.Time       `json:"as_of" doc:"When this was so."`
	Silence   *BannerSilence  `json:"silence,omitempty" doc:"The switch that keeps every banner from being shown; absent while they speak."`
	Audiences []BannerOf      `json:"audiences" doc:"For whom there are banners, first for who is not known."`
	Scripts   []banner.Script `json:"scripts" doc:"What a login page includes, newest first."`
}

// BannerOf are the banners that an audience is shown.
type BannerOf struct {
	Cohort   string        `json:"cohort" doc:"Whose they are: empty for a visitor who is not known, all for a customer in no cohort."`
	Audience string        `json:"audience" doc:"The same in words."`
	Banners  []data.Banner `json:"banners" doc:"Most urgent first, at most three."`
}

// BannerSilence is the switch.
type BannerSilence struct {
	Since time.Time `json:"since" doc:"Since when."`
	By    string    `json:"by" doc:"Who silenced them."`
	Why   string    `json:"why" doc:"Why, in one line."`
}

// BannerSilencing is the wish to silence the banners.
type BannerSilencing struct {
	Why string `json:"why" doc:"Why, in one line; operators read it."`
}

func bannerOps() []Op {
	return []Op{
		{
			Name: "banner.list", Method: http.MethodGet, Path: "/api/v1/banners", Need: data.Viewer, Out: Banners{},
			Query:   []Param{{"lang", "Language of the texts; en without it."}},
			Summary: "Show what the banner says now to each audience, and whether it is silenced.",
			read:    listBanners,
		},
		{
			Name: "banner.silence", Method: http.MethodPost, Path: "/api/v1/banners/silence", Need: data.Responder, In: BannerSilencing{}, Out: BannerSilence{},
			Summary: "Show no banner anywhere from now on. Page, mail and feeds go on.",
			write: func(_ *API, tx data.Tx, c *Call) (*result, error) {
				var in BannerSilencing
				if err := c.decode(&in); err != nil {
					return nil, err
				}
				s, err := data.SilenceBanners(tx, c.By.Name, in.Why, c.now)
				if err != nil {
					return nil, err
				}
				standing := []data.Alarm{{Since: s.Since, Detail: fmt.Sprintf("By %s: %s", s.By, s.Why)}}
				if err := data.SetAlarms(tx, data.AlarmSilenced, standing, c.now); err != nil {
					return nil, err
				}
				return &result{body: BannerSilence(s), object: "banners", after: s}, nil
			},
		},
		{
			Name: "banner.speak", Method: http.MethodPost, Path: "/api/v1/banners/speak", Need: data.Responder, In: struct{}{}, Out: BannerSilence{},
			Summary: "Let banners be shown again. It answers with the silence that ended.",
			write: func(_ *API, tx data.Tx, c *Call) (*result, error) {
				if err := c.decode(&struct{}{}); err != nil {
					return nil, err
				}
				s, err := data.LetBannersSpeak(tx)
				if err != nil {
					return nil, err
				}
				if err := data.SetAlarms(tx, data.AlarmSilenced, nil, c.now); err != nil {
					return nil, err
				}
				return &result{body: BannerSilence(s), object: "banners", before: s}, nil
			},
		},
	}
}

// listBanners reads what is stored, so that it can be asked with no service running too.
func listBanners(a *API, tx data.Tx, c *Call) (any, error) {
	lang := i18n.EN
	if wanted := c.Query["lang"]; wanted != "" {
		var ok bool
		if lang, ok = i18n.Parse(wanted); !ok {
			return nil, data.Invalid("lang", fmt.Sprintf("%.20q is no language of the page: use one such as en or sv", wanted))
		}
	}
	s, err := page.Read(tx, a.Settings, time.Now())
	if err != nil {
		return nil, err
	}
	v := Banners{AsOf: s.Now, Audiences: []BannerOf{}, Scripts: banner.Scripts}
	if s.Silence.Silent() {
		silence := BannerSilence(s.Silence)
		v.Silence = &silence
	}
	for _, cohort := range banner.Audiences(s) {
		v.Audiences = append(v.Audiences, BannerOf{cohort, audienceName(cohort), banner.For(s, cohort, lang)})
	}
	return v, nil
}

// audienceName says in words whose banners they are.
func audienceName(cohort string) string {
	switch cohort {
	case "":
		return "Visitors who are not known"
	case data.AllCustomers:
		return "Customers in no cohort"
	}
	return "Customers in " + cohort
}
