package data_test

import (
	"errors"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// kindOf is what is wrong with an act; zero where nothing is.
func kindOf(err error) data.Kind {
	var e *data.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

func TestSilence(t *testing.T) {
	now := datatest.Start
	inStore(t, func(tx data.Tx) error {
		want := data.Silence{}
		same := func(when string) {
			t.Helper()
			if got, err := data.BannerSilence(tx); got != want || got.Silent() != !want.Since.IsZero() || err != nil {
				t.Errorf("%s: %+v, %v, want %+v", when, got, err, want)
			}
		}
		same("at first")
		if _, err := data.LetBannersSpeak(tx); kindOf(err) != data.KindConflict {
			t.Errorf("let speak at first: %v", err)
		}
		for _, why := range []string{"", " ", "two\nlines", "\x00"} {
			if _, err := data.SilenceBanners(tx, "Kari", why, now); kindOf(err) != data.KindInvalid {
				t.Errorf("silenced for %q: %v", why, err)
			}
		}
		same("after refusals")
		want = data.Silence{Since: now, By: "Kari", Why: "It covers the form."}
		if got, err := data.SilenceBanners(tx, "Kari", " It covers the form. ", now); got != want || err != nil {
			t.Errorf("silenced: %+v, %v", got, err)
		}
		same("silenced")
		want.By, want.Why = "Ola", "The texts are wrong."
		if _, err := data.SilenceBanners(tx, "Ola", "The texts are wrong.", now.Add(time.Hour)); err != nil {
			t.Error(err)
		}
		same("silenced again")
		if ended, err := data.LetBannersSpeak(tx); ended != want || err != nil {
			t.Errorf("spoke: %+v, %v", ended, err)
		}
		want = data.Silence{}
		same("spoke")
		for _, unreadable := range []string{"", "x", "{}", `{"since":1}`} {
			if err := tx.Settings().Put(data.Setting{Name: data.SettingBannersSilenced, Value: unreadable}); err != nil {
				t.Error(err)
			}
			if got, err := data.BannerSilence(tx); !got.Silent() || err != nil {
				t.Errorf("a switch of %q speaks: %+v, %v", unreadable, got, err)
			}
		}
		_, err := data.LetBannersSpeak(tx)
		same("spoke after what could not be read")
		return err
	})
}
