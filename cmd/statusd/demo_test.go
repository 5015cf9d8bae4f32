package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/superoffice/statusd/cmd/statusd/demo"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// TestDemo starts the whole demonstration, looks at it as a newcomer would, breaks the product, and repairs it.
func TestDemo(t *testing.T) {
	before := goleak.IgnoreCurrent()
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	running, ended := make(chan demoAddresses, 1), make(chan error, 1)
	var out, log bytes.Buffer
	addrFile := filepath.Join(t.TempDir(), "addresses.json")
	c := &demoCommand{
		listening:     listening{Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", AddrFile: addrFile},
		ProductListen: "127.0.0.1:0", MailListen: "127.0.0.1:0", Data: dir, ready: func(a demoAddresses) { running <- a },
	}
	go func() { ended <- c.Run(ctx, streams{out: &out, err: &log}) }()
	var at demoAddresses
	select {
	case at = <-running:
	case err := <-ended:
		t.Fatalf("the demonstration ended at once: %v\n%s", err, log.String())
	case <-time.After(30 * time.Second):
		t.Fatal("the demonstration does not start")
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(address string) string {
		t.Helper()
		res, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %s, %v", address, res.Status, err)
		}
		return string(b)
	}

	var written demoAddresses
	if b, err := os.ReadFile(addrFile); err != nil || json.Unmarshal(b, &written) != nil || written != at {
		t.Errorf("the file of addresses holds %+v (%v), want %+v", written, err, at)
	}
	front := get(at.Listen + "/")
	for _, want := range []string{`class="demo"`, "Lists in Sales are slow", "Critical fix"} {
		if !strings.Contains(front, want) {
			t.Errorf("the front page lacks %s", want)
		}
	}
	var answer banner.Answer
	if err := json.Unmarshal([]byte(get(at.Listen+"/api/v1/banner?customer=Cust12345&lang=en")), &answer); err != nil {
		t.Fatal(err)
	}
	critical := false
	for _, b := range answer.Banners {
		critical = critical || strings.Contains(b.Text, "Critical fix") && strings.HasPrefix(b.URL, at.Listen+"/maintenance/")
	}
	if !critical {
		t.Errorf("the banner for Cust12345 is %+v, want the critical fix in it", answer.Banners)
	}

	conn, _, err := (&websocket.Dialer{HandshakeTimeout: 10 * time.Second}).Dial("ws"+strings.TrimPrefix(at.Listen, "http")+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	id := data.PublicID(demo.PageID, "component", "crm-read")
	follow := func(level string) {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(45 * time.Second)); err != nil {
			t.Fatal(err)
		}
		last := ""
		for last != level {
			var frame page.LiveFrame
			if err := conn.ReadJSON(&frame); err != nil {
				t.Fatalf("crm-read is %q, want %s: %v", last, level, err)
			}
			for _, c := range frame.Components {
				if c.ID == id {
					last = c.Level
				}
			}
		}
	}
	turn := func(state string) {
		t.Helper()
		res, err := client.Post(at.Product+"/switches/down/"+state, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	follow("operational")
	turn("on")
	follow("major_outage")
	turn("off")
	follow("operational")

	var places api.Places
	service := reach{files: files{Data: dir}}
	if _, err := service.get(ctx, "/api/v1/places", &places); err != nil || len(places.Places) != 1 || places.Places[0].Name != demo.Elsewhere || placeState(places.Places[0]) != "sees" {
		t.Errorf("the places are %+v (%v), want %s that sees", places, err, demo.Elsewhere)
	}
	var login api.ProbeWhole
	if _, err := service.get(ctx, probePath("login"), &login); err != nil || len(login.Places) != 2 || !login.Places[0].Votes || !login.Places[1].Votes {
		t.Errorf("of sign-in two places are to say something that counts (%v): %+v", err, login.Places)
	}

	list := get(at.Mail + "/")
	for _, lang := range []string{"en", "nb", "sv", "de", "fi"} {
		if n := strings.Count(list, fmt.Sprintf("<td>it.%s@example.com</td>", lang)); n != 1 {
			t.Errorf("it.%s@example.com has %d mails, want 1", lang, n)
		}
	}
	conn.Close()
	stopping := time.Now()
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the demonstration ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the demonstration has not stopped after %s", time.Since(stopping))
	}
	for _, want := range []string{at.Listen, at.Admin, at.Product, at.Mail, "--data " + dir} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the welcome does not name %s:\n%s", want, out.String())
		}
	}
	client.CloseIdleConnections()
	goleak.VerifyNone(t, before)

	store, err := bolt.Open(filepath.Join(dir, storeName), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	datatest.Invariants(t, store)
	proofs(t, store)
}

// proofs checks that the critical fix was seen on every surface before its deadline, and that the outage was recorded.
func proofs(t *testing.T, store data.Store) {
	t.Helper()
	err := store.View(context.Background(), func(tx data.Tx) error {
		seen := 0
		for b, err := range tx.Bulletins().Range("", "") {
			if err != nil {
				return err
			}
			if !strings.HasSuffix(b.Subject, "|demo-critical") || b.Kind != data.TellPlanned {
				continue
			}
			for _, on := range []data.Surface{data.OnPage, data.OnBanner, data.OnMail} {
				p, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), on))
				if err != nil || !p.At.Before(b.Deadline) {
					t.Errorf("the critical fix on %s: %+v, %v; want it before %s", on, p, err, b.Deadline)
				}
				seen++
			}
		}
		last, err := tx.Outages().Last("crm-read|all|~")
		if err != nil || last.Ended.IsZero() || time.Since(last.Started) > 5*time.Minute {
			t.Errorf("the newest outage of crm-read is %+v (%v), want one of a moment ago that ended", last, err)
		}
		if seen != 3 {
			t.Errorf("%d surfaces were looked at, want 3", seen)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
