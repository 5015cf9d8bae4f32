package page

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/superoffice/statusd/data/i18n"
)

func TestPictures(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for headline := range symbols {
		s := calm(t)
		s.Headline = headline
		snapshot := &Snapshot{State: s}
		for path, size := range map[string]image.Point{
			previewPath + string(headline) + ".png": {X: 1200, Y: 630}, touchPath + string(headline) + ".png": {X: 180, Y: 180}, applePath: {X: 180, Y: 180},
			oldIconPath: {X: 180, Y: 180},
		} {
			d, ok := snapshot.DocFor("", path, i18n.EN)
			if !ok {
				t.Fatalf("%s is not there", path)
			}
			img, err := png.Decode(bytes.NewReader(d.Body))
			if err != nil || img.Bounds().Size() != size {
				t.Fatalf("%s: %v, %v", path, img.Bounds(), err)
			}
			if img.At(0, 0) != bands[headline] {
				t.Errorf("%s: the ground is %v, want %v", path, img.At(0, 0), bands[headline])
			}
			if len(d.Body) > 20<<10 {
				t.Errorf("%s has %d bytes", path, len(d.Body))
			}
			if path == applePath || path == oldIconPath {
				continue // it is the symbol that has addresses of its own
			}
			if seen[string(d.Body)] {
				t.Errorf("%s looks like another", path)
			}
			seen[string(d.Body)] = true
		}
	}
	if _, ok := (&Snapshot{State: calm(t)}).DocFor("", previewPath+"nothing.png", i18n.EN); ok {
		t.Error("a picture of no headline is there")
	}
}

// A page that is shared shows its state; one for a customer's group is shared with nobody.
func TestPreview(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Headline = Major
	meta := func(s *State) map[string]string {
		out := map[string]string{}
		for _, m := range all(parse(t, one(t, s, "/", i18n.SV)), tag("meta")) {
			out[attr(m, "property")+attr(m, "name")+attr(m, "media")] = attr(m, "content")
		}
		return out
	}
	got := meta(s)
	for key, want := range map[string]string{
		"og:image": "https://status.superoffice.com/assets/preview.major.png", "og:title": "Omfattande avbrott – SuperOffice CRM status",
		"og:image:alt": "Omfattande avbrott", "og:url": "https://status.superoffice.com/", "og:description": "SuperOffice CRM: Omfattande avbrott",
		"theme-color(prefers-color-scheme:dark)": "#12161a",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	s.URL = ""
	if got := meta(s); got["og:image"] != "" {
		t.Errorf("without an origin the picture is at %q", got["og:image"])
	}
}
