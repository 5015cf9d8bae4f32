package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// preview shows what a change of an incident would tell people.
func (r reach) preview(ctx context.Context, io streams, operation string, of aboutOne, body any) error {
	id, err := named(of.ID)
	if err != nil {
		return err
	}
	return r.previewOf(ctx, io, api.PreviewWish{Operation: operation, ID: id}, body)
}

func (r reach) previewOf(ctx context.Context, io streams, wish api.PreviewWish, body any) error {
	var err error
	if wish.Body, err = json.Marshal(body); err != nil {
		return err
	}
	var p api.Preview
	answer, err := r.post(ctx, "/api/v1/preview", "", wish, &p)
	if err != nil {
		return err
	}
	return r.show(io, answer, func(w writer) error { return writePreview(w, p) })
}

func writePreview(w writer, p api.Preview) error {
	if !p.Public {
		_, err := fmt.Fprintln(w, "Nobody outside would learn anything. Nothing was changed.")
		return err
	}
	writeStill(w, "", p.Still)
	fmt.Fprintln(w, "The page would say")
	for _, s := range p.Page {
		untranslated := ""
		if s.Fallback {
			untranslated = "  (English where nobody wrote it in this language)"
		}
		fmt.Fprintf(w, "  %s  %s%s\n      %s: %s\n", s.Lang, s.Headline, untranslated, s.Phase, s.Title)
		if s.Body != "" {
			fmt.Fprintf(w, "      %s\n", indented(s.Body))
		}
	}
	writeBanners(w, p.Banners)
	writeMail(w, p.Mail)
	_, err := fmt.Fprintln(w, "\nNothing was changed. The same command without --preview does it.")
	return err
}

// writeBanners says what login screens would show.
func writeBanners(w writer, all []data.Banner) {
	if len(all) == 0 {
		fmt.Fprintln(w, "\nThe banner would not speak of it")
	} else {
		fmt.Fprintln(w, "\nThe banner would say")
	}
	for _, b := range all {
		whose := "everybody"
		if b.Cohort != "" && b.Cohort != "all" {
			whose = "cohort " + b.Cohort
		}
		fmt.Fprintf(w, "  to %s: %s\n", whose, indented(b.Text))
	}
}

// writeMail says what mail would go out, and to how many.
func writeMail(w writer, m api.MailPreview) {
	if m.At == nil {
		fmt.Fprintln(w, "\nNo mail would go out")
		return
	}
	var langs []string
	for _, lang := range slices.Sorted(maps.Keys(m.Languages)) {
		langs = append(langs, fmt.Sprintf("%d in %s", m.Languages[lang], lang))
	}
	to := fmt.Sprintf("%d people", m.Recipients)
	switch m.Recipients {
	case 0:
		to = "nobody, since nobody asked for it; it would say"
	case 1:
		to = "1 person"
	}
	if len(langs) > 0 {
		to += " (" + strings.Join(langs, ", ") + ")"
	}
	at := w.at(*m.At, "15:04:05 MST")
	if time.Until(*m.At) > 12*time.Hour {
		at = w.minute(*m.At)
	}
	fmt.Fprintf(w, "\nMail would go out at %s to %s\n", at, to)
	for _, l := range m.Letters {
		fmt.Fprintf(w, "  %s  %s\n", l.Lang, l.Subject)
		for line := range strings.Lines(strings.TrimSpace(l.Text)) {
			fmt.Fprintf(w, "      %s\n", strings.TrimRight(line, " \n"))
		}
	}
}
