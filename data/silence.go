package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// SettingBannersSilenced is there while banners are silenced.
const SettingBannersSilenced = "banners_silenced"

// Silence says that no banner is shown anywhere: the switch for the day on which a banner does harm at the login pages. Page,
// mail and feeds go on. The zero Silence is that of banners that speak.
type Silence struct {
	Since time.Time `json:"since,omitzero"`
	By    string    `json:"by,omitempty"`
	Why   string    `json:"why,omitempty"` // one line
}

// Silent says that no banner is shown.
func (s Silence) Silent() bool { return !s.Since.IsZero() }

// BannerSilence returns the Silence that stands. A setting that cannot be read stands too: who switched it on must not find it
// off for that.
func BannerSilence(tx Tx) (Silence, error) {
	kept, err := tx.Settings().Get(SettingBannersSilenced)
	switch {
	case errors.Is(err, ErrNotFound):
		return Silence{}, nil
	case err != nil:
		return Silence{}, err
	}
	var s Silence
	if err := json.Unmarshal([]byte(kept.Value), &s); err != nil || !s.Silent() {
		s = Silence{Since: time.Unix(0, 0).UTC(), By: "statusd", Why: "the switch cannot be read: let them speak, and silence them again if need be"}
	}
	return s, nil
}

// SilenceBanners shows no banner from now on, until LetBannersSpeak. Where they are silent already, who and why are replaced.
func SilenceBanners(tx Tx, by, why string, now time.Time) (Silence, error) {
	s, err := BannerSilence(tx)
	if err != nil {
		return s, err
	}
	if !s.Silent() {
		s.Since = now.UTC()
	}
	s.By = by
	if s.Why, err = CleanLine("why", why, 200); err != nil {
		return Silence{}, err
	}
	b, err := json.Marshal(s)
	if err != nil {
		return s, fmt.Errorf("writing the setting %s: %w", SettingBannersSilenced, err)
	}
	return s, tx.Settings().Put(Setting{Name: SettingBannersSilenced, Value: string(b)})
}

// LetBannersSpeak ends the silence and returns it. Where they are not silent that is a conflict.
func LetBannersSpeak(tx Tx) (Silence, error) {
	s, err := BannerSilence(tx)
	if err != nil {
		return s, err
	}
	if !s.Silent() {
		return s, Conflict("banners are not silent")
	}
	return s, tx.Settings().Delete(SettingBannersSilenced)
}
