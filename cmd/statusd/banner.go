package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/superoffice/statusd/web/api"
)

type bannerCommand struct {
	Show    bannerShow    `cmd:"" help:"Show what the banner of the login pages says now, and to whom."`
	Silence bannerSilence `cmd:"" help:"Show no banner anywhere, at once. Page, mail and feeds go on."`
	Speak   bannerSpeak   `cmd:"" help:"Let banners be shown again."`
}

type bannerShow struct {
	Lang string `help:"Language of the texts." default:"en" placeholder:"LANG"`
	reach
}

// Run implements the command.
func (c *bannerShow) Run(ctx context.Context, io streams) error {
	var v api.Banners
	answer, err := c.get(ctx, "/api/v1/banners?lang="+url.QueryEscape(c.Lang), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if s := v.Silence; s != nil {
			fmt.Fprintf(out, "Silenced since %s by %s: %s\nLet them speak again with: statusd banner speak\n", out.second(s.Since), s.By, s.Why)
			return nil
		}
		said := false
		for _, a := range v.Audiences {
			if len(a.Banners) == 0 {
				continue
			}
			said = true
			fmt.Fprintln(out, a.Audience+":")
			for _, b := range a.Banners {
				fmt.Fprintf(out, "  %s: %s\n", b.Tone, b.Text)
			}
		}
		if !said {
			fmt.Fprintln(out, "Nobody is shown a banner now.")
		}
		fmt.Fprintf(out, "\nA login page includes: %s\nwith integrity=%q\n", v.Scripts[0].Path, v.Scripts[0].Integrity)
		return nil
	})
}

type bannerSilence struct {
	Why string `arg:"" help:"Why, in one line; other operators read it."`
	keyed
	reach
}

// Run implements the command.
func (c *bannerSilence) Run(ctx context.Context, io streams) error {
	var s api.BannerSilence
	answer, err := c.post(ctx, "/api/v1/banners/silence", c.key(), api.BannerSilencing{Why: c.Why}, &s)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		_, err := fmt.Fprintln(out, "No banner is shown from now on; login pages that are open drop theirs within a minute or so.\nLet them speak again with: statusd banner speak")
		return err
	})
}

type bannerSpeak struct {
	keyed
	reach
}

// Run implements the command.
func (c *bannerSpeak) Run(ctx context.Context, io streams) error {
	var s api.BannerSilence
	answer, err := c.post(ctx, "/api/v1/banners/speak", c.key(), struct{}{}, &s)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		_, err := fmt.Fprintf(out, "Banners are shown again. They had been silent since %s: %s\n", out.second(s.Since), s.Why)
		return err
	})
}
